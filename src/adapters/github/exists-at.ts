import { GitHubError } from '../../domain/errors.ts'
import type { Subject } from '../../domain/subjects.ts'
import type { Client } from './client.ts'
import { orUndefined } from './or-undefined.ts'
import { locate } from './repositories.ts'
import { scopeOf } from './scopes.ts'

/** Whether the commit holds a file or a directory of exactly that path. */
export async function existsAt(
  client: Client,
  subject: Subject,
  sha: string,
  path: string,
): Promise<boolean> {
  if (path.split('/').some(leadsElsewhere))
    throw new GitHubError('invalid', 'GitHub: a path is asked for that names no place of its own')
  const place = await locate(client, subject)
  const what = `look for ${path} in ${place.owner}/${place.repo} at ${sha}`
  const found = await orUndefined(
    client.asInstallation(scopeOf(subject, 'contents'), what, (octokit) =>
      octokit.rest.repos.getContent({ ...place, path, ref: sha }),
    ),
  )
  if (found === undefined) return false
  // NB: checked after the reading, so that nothing passes which another repository answered in between.
  const after = await locate(client, subject)
  if (after.owner !== place.owner || after.repo !== place.repo)
    throw new GitHubError(
      'transient',
      `GitHub: ${place.owner}/${place.repo} was renamed while it was read`,
    )
  return isOfPath(found.data, path)
}

/** NB: `..` in a URL's path would ask for something else than contents. */
const leadsElsewhere = (segment: string): boolean =>
  segment === '' || segment === '.' || segment === '..'

function isOfPath(
  content: { readonly path: string } | readonly { readonly path: string }[],
  path: string,
): boolean {
  if (!('path' in content)) return content.every((entry) => entry.path.startsWith(`${path}/`))
  return content.path === path
}
