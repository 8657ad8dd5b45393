// A repository that is known by its numeric id alone, wherever the App is installed on it.
import { z } from 'zod'
import { GitHubError } from '../../domain/errors.ts'
import { listInstallations } from './app.ts'
import type { Client } from './client.ts'
import { orUndefined } from './or-undefined.ts'
import { scopeOf } from './scopes.ts'

export interface PlacedRepository {
  readonly installationId: number
  readonly repositoryId: number
  readonly owner: string
  readonly repo: string
}

/**
 * Runs `read` with the names that the repository has before and after. `likely` are installations to try before all
 * others. Undefined when the App is not installed on it; GitHubError `transient` when it was renamed meanwhile.
 */
export async function inPlace<T>(
  client: Client,
  repositoryId: number,
  likely: readonly (number | undefined)[],
  read: (place: PlacedRepository) => Promise<T>,
): Promise<{ readonly installationId: number; readonly value: T } | undefined> {
  for await (const installationId of candidates(client, likely)) {
    const names = await namesOf(client, installationId, repositoryId)
    if (names === undefined) continue
    const value = await read({ installationId, repositoryId, ...names })
    const after = await namesOf(client, installationId, repositoryId)
    if (after?.owner === names.owner && after.repo === names.repo) return { installationId, value }
    throw new GitHubError(
      'transient',
      `GitHub: ${names.owner}/${names.repo} was renamed while it was read`,
    )
  }
  return undefined
}

/** The likely ones first, so that the App's installations are listed only when none of them covers the repository. */
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
    client.asInstallation(
      scopeOf({ installationId, repositoryId }, 'facts'),
      what,
      async (octokit): Promise<{ data: unknown }> =>
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
