import { z } from 'zod'
import { awsBinding, awsIdentities } from './schema-aws.ts'
import {
  duration,
  eligible,
  flag,
  globs,
  line,
  listOf,
  mapping,
  numericId,
  roleName,
  someOf,
} from './schema-pieces.ts'

const notYet = (cloud: string) =>
  `is not supported by this version of Hallpass: ${cloud} bindings cannot be given yet`

const binding = mapping(
  { aws: awsBinding() },
  'write one cloud, such as `- aws: { ... }`',
  new Map([
    ['gcp', notYet('Google Cloud')],
    ['azure', notYet('Azure')],
  ]),
)

const approvers = mapping(
  {
    by: someOf(eligible(), 'write who may approve, such as `[team:sre]`'),
    count: z
      .int({ error: 'write how many must approve' })
      .min(1, { error: 'write at least 1' })
      .max(10, { error: 'write at most 10' }),
  },
  'write `none`, or `{ by: [team:sre], count: 1 }`',
)
const approvalHint =
  'write `approval: none`, or who approves: `approval: { by: [team:sre], count: 1 }`'

const role = mapping(
  {
    description: line(200, 'write in one line what this role is for'),
    bindings: someOf(binding, 'write a list of what the role gives in which cloud'),
    repositories: globs('write a list of globs over repository names, such as `[shop-*]`').describe(
      "Globs over the repository's name, without its owner.",
    ),
    eligible: listOf(
      eligible(),
      'write who may hold it, such as `[team:backend]`; `[]` means nobody',
    ).describe('Who may hold this role. Empty means nobody.'),
    lease: mapping(
      { default: duration(), max: duration() },
      'write how long it lasts: `{ default: 1h, max: 4h }`',
    ),
    residual: duration()
      .describe('How long a session may outlive the lease. Written out for roles that are assumed.')
      .optional(),
    approval: z.union([z.literal('none'), approvers], { error: approvalHint }),
    forks: flag('write `true` or `false`')
      .describe('Whether pull requests from forks may give it. False when left out.')
      .optional(),
    public: flag('write `true` or `false`')
      .describe('Whether public repositories may give it. False when left out.')
      .optional(),
  },
  'write what the role gives, to whom and for how long',
)

const when = mapping(
  {
    review_requested: mapping(
      {
        paths: globs('write a list of globs over changed paths, such as `["services/**"]`')
          .min(1, { error: 'write at least one glob, or leave `paths` out for any change' })
          .describe('The rule applies when a changed path matches one of them.')
          .optional(),
      },
      'write `{}` for any change, or `{ paths: [...] }`',
    ),
  },
  'write `{ review_requested: {} }`',
  new Map(
    ['labeled', 'assigned', 'commented'].map((event) => [
      event,
      'is not supported by this version of Hallpass: rules start from `review_requested`',
    ]),
  ),
)

const untils = ['reviewed', 'unrequested', 'closed'] as const
const untilHint = 'write some of `reviewed`, `unrequested`, `closed`; leave it out for all three'

const rule = mapping(
  {
    name: line(100, 'write a name for this rule, in one line without backticks'),
    when,
    give: roleName().describe("A role of the organization's catalog."),
    for: duration().describe("How long. The role's default when left out.").optional(),
    until: someOf(z.enum(untils, { error: untilHint }), untilHint)
      .describe('What ends it before its time. All three when left out.')
      .optional(),
  },
  'write `name`, `when` and `give`',
  new Map([
    [
      'to',
      'is not supported by this version of Hallpass: the requested reviewer receives the role',
    ],
  ]),
)

const rules = listOf(rule, 'write a list of rules, each with `name`, `when` and `give`')
const version = z.literal(1, { error: 'write `version: 1`' })

const identity = mapping(
  {
    github: numericId("write GitHub's numeric user id: `gh api users/LOGIN --jq .id`"),
    name: line(100, 'write in one line whose identity this is')
      .describe('For reading only.')
      .optional(),
    aws: awsIdentities().optional(),
  },
  'write `{ github: <numeric id>, aws: [...] }`',
)

export const organizationSchema = mapping(
  {
    version,
    roles: z.record(roleName(), role, { error: 'write the catalog of roles by name' }),
    rules: rules.optional(),
    identities: listOf(identity, 'write a list of `{ github, aws }`').optional(),
    enrolled: listOf(
      numericId("write the repository's numeric id: `gh api repos/OWNER/NAME --jq .id`"),
      'write a list of numeric repository ids',
    )
      .describe('Repositories that may use the catalog. Globs alone decide when left out.')
      .optional(),
  },
  'write a policy: `version: 1`, then `roles` and `rules`',
)

const ofTheOrganization =
  "belongs in the organization's policy: a repository's document holds `version` and `rules`"
export const repositorySchema = mapping(
  { version, rules },
  'write `version: 1` and `rules`',
  new Map(['roles', 'identities', 'enrolled'].map((key) => [key, ofTheOrganization])),
)

export type OrganizationDocument = z.output<typeof organizationSchema>
export type RepositoryDocument = z.output<typeof repositorySchema>
export type RoleDocument = OrganizationDocument['roles'][string]
export type RuleDocument = RepositoryDocument['rules'][number]
