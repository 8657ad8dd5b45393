import type { DocumentChanged, PinnedPlace } from '../../workflows/ports.ts'
import type { Client } from './client.ts'
import { blobAt } from './documents.ts'
import { inPlace, type PlacedRepository } from './placed-repository.ts'
import { scopeOf } from './scopes.ts'

const changesMax = 30

/** Goes back through the document's history until it had the contents `since`. */
export async function readDocumentChanges(
  client: Client,
  place: PinnedPlace,
  since: string,
  until: string,
): Promise<readonly DocumentChanged[] | undefined> {
  const found = await inPlace(client, place.repositoryId, [], async (repository) => {
    const at = { ...repository, path: place.path }
    const changes: DocumentChanged[] = []
    for (const { sha, parents } of await listChanges(client, at, until)) {
      const blob = await blobAt(client, at, sha)
      if (blob === since) return changes
      // NB: GitHub lists a merge only where it made contents that neither side had. What came before it is then no
      // line any more, and a commit that goes back on one side would hide what the other side brought.
      if (parents.length > 1) return undefined
      changes.push({ commit: sha, blob })
    }
    return undefined
  })
  return found?.value
}

type At = PlacedRepository & { readonly path: string }

/** One more than may have changed it: the last of them is where it was as before. */
async function listChanges(client: Client, { owner, repo, path, ...at }: At, sha: string) {
  const what = `list the changes of ${path} in ${owner}/${repo}`
  const { data } = await client.asInstallation(scopeOf(at, 'contents'), what, (octokit) =>
    octokit.rest.repos.listCommits({ owner, repo, path, sha, per_page: changesMax + 1 }),
  )
  return data
}
