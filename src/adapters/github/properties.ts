import type { Subject } from '../../domain/subjects.ts'
import type { Client } from './client.ts'
import { orUndefined } from './or-undefined.ts'
import { locate } from './repositories.ts'
import { scopeOf } from './scopes.ts'

/** Undefined where there is no such property, where it has no value, and where accounts have no properties at all. */
export async function readProperty(
  client: Client,
  subject: Subject,
  name: string,
): Promise<string | undefined> {
  const place = await locate(client, subject)
  const what = `read the custom properties of ${place.owner}/${place.repo}`
  const found = await orUndefined(
    client.asInstallation(scopeOf(subject, 'facts'), what, (octokit) =>
      octokit.rest.repos.customPropertiesForReposGetRepositoryValues(place),
    ),
  )
  // NB: read again after, so that nothing passes which another repository answered in between.
  await locate(client, subject)
  const value = found?.data.find(({ property_name }) => property_name === name)?.value
  return typeof value === 'string' ? value : undefined
}
