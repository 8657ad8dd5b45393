import type { Person, Subject } from '../../domain/subjects.ts'
import type { Client } from './client.ts'
import { orUndefined } from './or-undefined.ts'
import { readAccount } from './people.ts'
import { personOf } from './persons.ts'
import { locate, placeOf } from './repositories.ts'
import { organizationScope } from './scopes.ts'

/**
 * Whether the person is an active member of the team or of one below it. `unknown`: the account that owns the
 * repository has no such team, or the App may not see it.
 */
export async function readTeamMembership(
  client: Client,
  subject: Subject,
  slug: string,
  person: Person,
): Promise<'member' | 'not-member' | 'unknown'> {
  const { owner: org } = await placeOf(client, subject)
  const [exists, account] = await Promise.all([
    teamExists(client, subject, org, slug),
    // The endpoint takes a login and answers with none: it is the login that the id has at this moment.
    readAccount(client, subject, person.id),
  ])
  if (!exists) return 'unknown'
  if (account === undefined) return 'not-member'
  const what = `read whether ${account.login} is in the team ${org}/${slug}`
  const found = await orUndefined(
    client.asInstallation(organizationScope(subject), what, (octokit) =>
      octokit.rest.teams.getMembershipForUserInOrg({
        org,
        team_slug: slug,
        username: account.login,
      }),
    ),
  )
  return found?.data.state === 'active' ? 'member' : 'not-member'
}

/** GitHub lists those of teams below too, and nobody whose invitation is open (REST, "List team members"). */
export async function readTeamMembers(
  client: Client,
  subject: Subject,
  team_slug: string,
): Promise<readonly Person[] | undefined> {
  const { owner: org } = await locate(client, subject)
  if (!(await teamExists(client, subject, org, team_slug))) return undefined
  const what = `list the members of the team ${org}/${team_slug}`
  const members = await orUndefined(
    client.asInstallation(organizationScope(subject), what, (octokit) =>
      octokit.paginate(octokit.rest.teams.listMembersInOrg, { org, team_slug, per_page: 100 }),
    ),
  )
  return members?.map(personOf)
}

/** Both "no such team" and "not a member" are a 404 of the membership; only the team itself tells them apart. */
async function teamExists(
  client: Client,
  subject: Subject,
  org: string,
  slug: string,
): Promise<boolean> {
  const found = await orUndefined(
    client.asInstallation(organizationScope(subject), `read the team ${org}/${slug}`, (octokit) =>
      octokit.rest.teams.getByName({ org, team_slug: slug }),
    ),
  )
  return found?.data.organization.id === subject.accountId && found.data.slug === slug
}
