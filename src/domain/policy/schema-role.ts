// One role of the catalog.
import { z } from 'zod'
import { awsBinding } from './schema-aws.ts'
import { azureBinding } from './schema-azure.ts'
import { gcpBinding } from './schema-gcp.ts'
import { approvals, approvers, eligible, stage } from './schema-people.ts'
import {
  count,
  duration,
  flag,
  globs,
  line,
  listOf,
  mapping,
  someOf,
  text,
} from './schema-pieces.ts'
import { parameterNamePattern } from './path-globs.ts'

/** Exactly one of them is written. */
export const clouds = ['aws', 'gcp', 'azure'] as const

const binding = mapping(
  {
    aws: awsBinding().optional(),
    gcp: gcpBinding().optional(),
    azure: azureBinding().optional(),
  },
  'write one cloud, such as `- aws: { ... }`',
).meta({ oneOf: clouds.map((cloud) => ({ required: [cloud] })) })

const approvalHint =
  'write `approval: none`, or who approves: `approval: { by: [team:sre], count: 1 }`'
const approval = mapping(
  {
    by: approvers().optional(),
    count: approvals().optional(),
    stages: someOf(stage(), 'write a list of `{ by: [team:sre], count: 1 }`')
      .max(5, { error: 'write at most 5 stages' })
      .describe('In place of `by` and `count`: one after the other. Each person counts once.')
      .optional(),
    separate: flag('write `true` or `false`')
      .describe('Whether recipient, requester, author and pushers never count. True when left out.')
      .optional(),
    lapses: duration().describe('How long a request waits. 24h when left out.').optional(),
  },
  'write `none`, or `{ by: [team:sre], count: 1 }`',
).meta({ oneOf: [{ required: ['by', 'count'] }, { required: ['stages'] }] })

export const limits = () =>
  mapping(
    {
      at_once: count(1, 10_000, 'write how many may be held or asked for at once')
        .describe('How many may be held or asked for at once.')
        .optional(),
      cooldown: duration()
        .describe('How long after one ended the next may be asked for.')
        .optional(),
      daily: duration()
        .describe('The longest total of leases that began in the last 24 hours.')
        .optional(),
    },
    'write `{ at_once: 20, cooldown: 10m, daily: 12h }`, or some of these',
    new Map([['max', 'is written `at_once` or `daily`']]),
  )

const parameters = z
  .record(
    text(parameterNamePattern, 'write a name of lower-case letters, digits, `-` and `_`'),
    mapping(
      {
        exists: text(
          /^(?!\/)[^*?[\]()|\\!^$,\p{C}]{1,200}$/u,
          'write a path with the name in it, such as `services/{service}`',
        ).describe(
          'With the value filled in, this path is on the base branch and on the default branch.',
        ),
        max: count(1, 20, 'write how many values one request may touch')
          .describe('How many values one request may touch. 3 when left out.')
          .optional(),
      },
      'write `{ exists: "services/{service}" }`',
    ),
    { error: 'write parameters by name: `{ service: { exists: "services/{service}" } }`' },
  )
  .describe('What a rule fills in from the changed paths; `{name}` stands for it in the bindings.')

const breakGlass = mapping(
  {
    eligible: someOf(eligible(), 'write who may break the glass, such as `[team:sre]`').describe(
      'Who receives it at once, without approval.',
    ),
    notify: someOf(eligible(), 'write who is told at once, such as `[team:security]`'),
    reviewers: someOf(
      eligible(),
      'write who reviews it afterwards, such as `[team:security]`',
    ).describe("Until one of them acknowledges it, that person's further break-glass is blocked."),
    lease: duration().describe("How long. The role's default when left out.").optional(),
  },
  'write `{ eligible: [...], notify: [...], reviewers: [...], lease: 1h }`',
)

export type BindingInput = z.output<typeof binding>

export const role = mapping(
  {
    description: line(200, 'write in one line what this role is for'),
    bindings: someOf(binding, 'write a list of what the role gives in which cloud'),
    parameters: parameters.optional(),
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
      .describe(
        'How long a session may outlive the lease. Written out for roles that are assumed, and for permission sets.',
      )
      .optional(),
    approval: z.union([z.literal('none'), approval], { error: approvalHint }),
    limits: limits()
      .describe('How many at once over all people, and how often for each of them.')
      .optional(),
    break_glass: breakGlass
      .describe('Who may have it without approval, and who hears of it. Nobody when left out.')
      .optional(),
    forks: flag('write `true` or `false`')
      .describe('Whether pull requests from forks may give it. False when left out.')
      .optional(),
    public: flag('write `true` or `false`')
      .describe('Whether public repositories may give it. False when left out.')
      .optional(),
  },
  'write what the role gives, to whom and for how long',
)
