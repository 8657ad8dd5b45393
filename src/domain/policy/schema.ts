// The two documents as they are written.
import { z } from 'zod'
import { identity, identitySources } from './schema-identities.ts'
import { onCall } from './schema-on-call.ts'
import { approvals, eligible } from './schema-people.ts'
import { count, line, listOf, mapping, numericId, roleName, someOf, text } from './schema-pieces.ts'
import { limits, role } from './schema-role.ts'
import { rules } from './schema-rule.ts'

const version = z.literal(1, { error: 'write `version: 1`' })

const allLimits = mapping(
  {
    person: limits().describe('Of one person over all roles.').optional(),
    repository: limits().describe('Of one repository over all people.').optional(),
    team: count(1, 100, 'write how many members of a team may receive at once')
      .describe('How many members of a requested team may receive at once. 10 when left out.')
      .optional(),
  },
  'write `{ person: { at_once: 5, daily: 24h }, repository: { at_once: 50 }, team: 10 }`',
)

const widening = mapping(
  {
    by: someOf(eligible(), 'write who approves it, such as `[team:security]`'),
    count: approvals(),
  },
  'write `{ by: [team:security], count: 1 }`',
)

const enrolledHint =
  'write a list of numeric repository ids, or `{ property: <name>, value: <value> }`'
const enrolled = z.union(
  [
    listOf(
      numericId("write the repository's numeric id: `gh api repos/OWNER/NAME --jq .id`"),
      enrolledHint,
    ),
    mapping(
      {
        property: text(/^[\w$#-]{1,75}$/, 'write the name of a custom property of repositories'),
        value: line(200, 'write in quotes the value that enrolls a repository'),
      },
      enrolledHint,
    ).describe('A custom property that only owners of the organization set.'),
  ],
  { error: enrolledHint },
)

/** What stands in the organization's document alone. */
const catalog = {
  limits: allLimits.optional(),
  on_call: onCall().describe('Who is on call, by the name that approvals use.').optional(),
  identities: listOf(identity(), 'write a list of `{ github, aws }`').optional(),
  identity_sources: identitySources()
    .describe('Where an identity comes from that the map does not hold.')
    .optional(),
  policy_changes: mapping({ widening }, 'write `{ widening: { by: [team:security], count: 1 } }`')
    .describe(
      'Who has to approve a change that widens what the policy gives. Nobody when left out.',
    )
    .optional(),
  enrolled: enrolled
    .describe('Repositories that may use the catalog. Globs alone decide when left out.')
    .optional(),
}

export const organizationSchema = mapping(
  {
    version,
    roles: z.record(roleName(), role, { error: 'write the catalog of roles by name' }),
    rules: rules().optional(),
    ...catalog,
  },
  'write a policy: `version: 1`, then `roles` and `rules`',
)

export const catalogKeys = ['roles', ...Object.keys(catalog)]
const ofTheOrganization =
  "belongs in the organization's policy: a repository's document holds `version` and `rules`"
export const repositorySchema = mapping(
  { version, rules: rules() },
  'write `version: 1` and `rules`',
  new Map(catalogKeys.map((key) => [key, ofTheOrganization])),
)

export type OrganizationDocument = z.output<typeof organizationSchema>
export type RoleDocument = OrganizationDocument['roles'][string]
