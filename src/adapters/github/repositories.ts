import { GitHubError } from '../../domain/errors.ts'
import type { RepositoryFacts } from '../../domain/policy/types.ts'
import type { Subject } from '../../domain/subjects.ts'
import type { Client } from './client.ts'
import { JustRead } from './just-read.ts'
import { orUndefined } from './or-undefined.ts'
import { scopeOf } from './scopes.ts'

/** What names a repository for certain, and the names it was last known by. */
export type RepositoryKey = Pick<
  Subject,
  'installationId' | 'accountId' | 'repositoryId' | 'owner' | 'repository'
>

type Place = { readonly owner: string; readonly repo: string }

const places = new JustRead<Place>()

/** Reads the repository by name and believes it only with its ids. GitHub leads from former names to the present one. */
export async function readRepository(
  client: Client,
  key: RepositoryKey,
): Promise<RepositoryFacts | undefined> {
  const { owner, repository: repo } = key
  const what = `read the repository ${owner}/${repo}`
  const found = await orUndefined(
    client.asInstallation(scopeOf(key, 'facts'), what, (octokit) =>
      octokit.rest.repos.get({ owner, repo }),
    ),
  )
  const data = found?.data
  // NB: a name can be given to another repository, and a repository to another account.
  if (data?.id !== key.repositoryId || data.owner.id !== key.accountId) {
    places.forget(client, key.repositoryId)
    return undefined
  }
  places.note(client, data.id, { owner: data.owner.login, repo: data.name })
  return {
    id: data.id,
    owner: data.owner.login,
    name: data.name,
    accountId: data.owner.id,
    visibility: visibilityOf(data),
    archived: data.archived,
    defaultBranch: data.default_branch,
  }
}

/** What says nothing else clearly is public: public repositories are given the least. */
function visibilityOf(data: {
  readonly visibility?: string
  readonly private: boolean
}): RepositoryFacts['visibility'] {
  const { visibility } = data
  if (visibility === 'private' || visibility === 'internal') return visibility
  return data.private ? 'private' : 'public'
}

/** `owner` and `repo` of today, as calls take them. Throws `missing` when the repository is gone or the name another's. */
export async function locate(client: Client, key: RepositoryKey): Promise<Place> {
  const found = await readRepository(client, key)
  if (found !== undefined) return { owner: found.owner, repo: found.name }
  throw new GitHubError(
    'missing',
    `GitHub: the repository ${key.owner}/${key.repository} (id ${key.repositoryId}) is not there any more`,
  )
}

/** As `locate`, but what was located a moment ago is not located again: for what comes before a call, never after it. */
export async function placeOf(client: Client, key: RepositoryKey): Promise<Place> {
  return places.of(client, key.repositoryId) ?? locate(client, key)
}
