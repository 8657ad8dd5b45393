/** Where a repository keeps its own rules, on its default branch. */
export const repositoryDocumentPath = '.github/hallpass.yml'
