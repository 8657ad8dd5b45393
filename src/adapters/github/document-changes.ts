import type { DocumentPlace } from '../../workflows/ports.ts'
import type { Client } from './client.ts'
import { contentAt } from './documents.ts'
import { inPlace, type PlacedRepository } from './placed-repository.ts'

const changesMax = 30

/** Goes back through the document's history until it had the contents `since`. */
export async function readDocumentChanges(
  client: Client,
  place: DocumentPlace & { readonly path: string },
  since: string,
  until: string,
): Promise<readonly string[] | undefined> {
  const found = await inPlace(client, place.repositoryId, [], async (repository) => {
    const at = { ...repository, path: place.path }
    const changes: string[] = []
    for (const { sha, parents } of await listChanges(client, at, until)) {
      if ((await blobAt(client, at, sha)) === since) return changes
      // NB: GitHub lists a merge only where it made contents that neither side had. What came before it is then no
      // line any more, and a commit that goes back on one side would hide what the other side brought.
      if (parents.length > 1) return undefined
      changes.push(sha)
    }
    return undefined
  })
  return found?.value
}

type At = PlacedRepository & { readonly path: string }

/** One more than may have changed it: the last of them is where it was as before. */
async function listChanges(client: Client, { installationId, owner, repo, path }: At, sha: string) {
  const what = `list the changes of ${path} in ${owner}/${repo}`
  const { data } = await client.asInstallation(installationId, what, (octokit) =>
    octokit.rest.repos.listCommits({ owner, repo, path, sha, per_page: changesMax + 1 }),
  )
  return data
}

/** Undefined when it is not there, or is no file. */
async function blobAt(client: Client, at: At, commit: string): Promise<string | undefined> {
  const content = await contentAt(client, at, commit)
  if (content === undefined || Array.isArray(content)) return undefined
  if (content.type !== 'file' || content.path !== at.path) return undefined
  return content.sha
}
