// Where the two policy documents are when they are in repositories.
import type { DocumentPlace, DocumentReader, PlacedReader } from '../../workflows/ports.ts'
import type { Client } from './client.ts'
import { readDocument } from './documents.ts'
import { inPlace } from './placed-repository.ts'
import { locate } from './repositories.ts'

export interface PinnedDocument extends DocumentPlace {
  readonly path: string
}

/** The organization's document, wherever the App is installed on its repository. */
export function pinnedDocument(client: Client, pinned: PinnedDocument): PlacedReader {
  const { branch, path } = pinned
  let last: number | undefined
  return {
    async read(subject) {
      const likely = [last, subject.installationId]
      const found = await inPlace(client, pinned.repositoryId, likely, (place) =>
        readDocument(client, { ...place, branch, path }),
      )
      if (found !== undefined) {
        last = found.installationId
        return found.value
      }
      return {
        kind: 'missing',
        where: `repository ${pinned.repositoryId}:${path}`,
        why: 'The App is not installed on the repository that holds the policy.',
      }
    },
  }
}

const repositoryDocumentPath = '.github/hallpass.yml'

/** A repository's own document on its default branch, which is protected as its owners see fit: never on another. */
export function repositoryDocument(client: Client): DocumentReader {
  return {
    async read({ installationId }, { id, accountId, owner, name, defaultBranch }) {
      const reading = await readDocument(client, {
        installationId,
        owner,
        repo: name,
        branch: defaultBranch,
        path: repositoryDocumentPath,
      })
      // NB: checked after the reading, so that nothing passes which another repository answered in between.
      await locate(client, { installationId, accountId, repositoryId: id, owner, repository: name })
      return reading
    },
  }
}
