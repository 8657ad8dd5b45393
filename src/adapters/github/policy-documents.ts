// Where the two policy documents are when they are in repositories.
import { z } from 'zod'
import { GitHubError } from '../../domain/errors.ts'
import type { DocumentReader, PlacedReader } from '../../workflows/ports.ts'
import { listInstallations } from './app.ts'
import type { Client } from './client.ts'
import { readDocument } from './documents.ts'
import { orUndefined } from './or-undefined.ts'
import { locate } from './repositories.ts'

export interface PinnedDocument {
  /** Numeric: the repository may be renamed, and its name may be given to another. */
  readonly repositoryId: number
  readonly branch: string
  readonly path: string
}

/** The organization's document, wherever the App is installed on its repository. */
export function pinnedDocument(client: Client, pinned: PinnedDocument): PlacedReader {
  const { branch, path } = pinned
  let last: number | undefined
  return {
    async read(subject) {
      for await (const installationId of candidates(client, [last, subject.installationId])) {
        const names = await namesOf(client, installationId, pinned.repositoryId)
        if (names === undefined) continue
        last = installationId
        const reading = await readDocument(client, { installationId, ...names, branch, path })
        const after = await namesOf(client, installationId, pinned.repositoryId)
        if (after?.owner === names.owner && after.repo === names.repo) return reading
        throw renamedMeanwhile(names)
      }
      return {
        kind: 'missing',
        where: `repository ${pinned.repositoryId}:${path}`,
        why: 'The App is not installed on the repository that holds the policy.',
      }
    },
  }
}

const renamedMeanwhile = ({ owner, repo }: { readonly owner: string; readonly repo: string }) =>
  new GitHubError('transient', `GitHub: ${owner}/${repo} was renamed while its policy was read`)

/** The likely ones first, so that the App's installations are listed only when neither covers the repository. */
async function* candidates(
  client: Client,
  likely: readonly (number | undefined)[],
): AsyncGenerator<number> {
  const tried = new Set<number>()
  for (const id of likely) {
    if (id === undefined || tried.has(id)) continue
    tried.add(id)
    yield id
  }
  for (const { id, suspended } of await listInstallations(client))
    if (!suspended && !tried.has(id)) yield id
}

/**
 * `GET /repositories/{id}` is where GitHub itself redirects the former names of a repository ("Follow redirects" in the
 * REST guide); it has no page of its own. Undefined when this installation does not reach the repository.
 */
async function namesOf(
  client: Client,
  installationId: number,
  repositoryId: number,
): Promise<{ owner: string; repo: string } | undefined> {
  const what = `read the repository ${repositoryId}`
  const found = await orUndefined(
    client.asInstallation(installationId, what, async (octokit): Promise<{ data: unknown }> =>
      octokit.request('GET /repositories/{id}', { id: repositoryId }),
    ),
  )
  const { success, data } = named.safeParse(found?.data)
  return success && data.id === repositoryId
    ? { owner: data.owner.login, repo: data.name }
    : undefined
}

const named = z.object({
  id: z.int(),
  name: z.string(),
  owner: z.object({ login: z.string() }),
})

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
