// What a role gives in AWS: exactly one of the ways below.
import { z } from 'zod'
import { awsServiceProblem } from './escalating.ts'
import { exclusive } from './schema-exclusive.ts'
import { listOf, mapping, someOf, text } from './schema-pieces.ts'

export const awsAccount = () => text(/^\d{12}$/, 'write the 12 digits of the AWS account in quotes')

const roleArn = () =>
  text(
    /^arn:aws(?:-cn|-us-gov)?:iam::\d{12}:role\/[\w+=,.@/{}-]{1,512}$/,
    "write the role's ARN, without wildcards: `arn:aws:iam::<account>:role/<name>`",
  )

const policyArn = () =>
  text(
    /^arn:aws(?:-cn|-us-gov)?:iam::(?:\d{12}|aws):policy\/[\w+=,.@/-]{1,512}$/,
    "write the managed policy's ARN: `arn:aws:iam::<account>:policy/<name>`, or `arn:aws:iam::aws:policy/<name>` for AWS's own",
  )

const actionHint = 'write one service and its action, such as `s3:GetObject` or `logs:Get*`'
const action = () =>
  text(/^[a-z0-9-]+:[A-Za-z0-9*?]+$/, actionHint).superRefine((written, context) => {
    const message = awsServiceProblem(written)
    if (message !== undefined) context.addIssue({ code: 'custom', message })
  })

const resource = () =>
  text(
    /^(?:\*|arn:aws(?:-cn|-us-gov)?:[a-z0-9-]+:[a-z0-9*-]*:(?:\d{12}|aws|\*)?:[!-~]{1,1024})$/,
    'write an ARN such as `arn:aws:s3:::bucket/*`, or `*`',
  )

const statement = () =>
  mapping(
    {
      actions: someOf(action(), 'write a list of actions, such as `[s3:GetObject]`'),
      resources: someOf(resource(), 'write a list of ARNs, or `["*"]`'),
    },
    'write `{ actions: [...], resources: [...] }`',
    new Map([
      ['NotAction', 'is not allowed: list the `actions` themselves'],
      ['not_actions', 'is not allowed: list the `actions` themselves'],
      ['Action', 'is written `actions`'],
      ['Resource', 'is written `resources`'],
      ['NotResource', 'is not allowed: list the `resources` themselves'],
    ]),
  )

/** IAM attaches no more to one role. */
const policiesMax = 10
const madeRole = () =>
  mapping(
    {
      policies: listOf(policyArn(), 'write a list of managed policies by their ARNs')
        .min(1, { error: 'write a list of managed policies by their ARNs' })
        .max(policiesMax, { error: `write at most ${policiesMax} managed policies` }),
      boundary: policyArn().describe('The managed policy that bounds what it can do.').optional(),
    },
    'write `{ policies: [<managed policy ARN>] }`',
  )

const permissionSetArn = () =>
  text(
    /^arn:aws(?:-cn|-us-gov)?:sso:::permissionSet\/ssoins-[a-zA-Z0-9-.]{16}\/ps-[a-zA-Z0-9-.]{16}$/,
    "write the permission set's ARN: `arn:aws:sso:::permissionSet/ssoins-…/ps-…`",
  )

/** Exactly one of them is written. */
export const awsWays = [
  'assume',
  'allow',
  'role_with',
  'group',
  'attach',
  'permission_set',
] as const

export const awsBinding = () =>
  mapping(
    {
      account: awsAccount(),
      assume: roleArn()
        .describe('The one role that may be assumed while the lease runs.')
        .optional(),
      end_sessions: z
        .literal(true, { error: 'write `true`, or leave it out' })
        .describe('Whether an early end also stops the sessions of the assumed role that run.')
        .optional(),
      allow: someOf(statement(), 'write a list of `{ actions, resources }`')
        .describe('Permissions that are given directly and judged at every request.')
        .optional(),
      role_with: madeRole().describe('A role that is made for each grant, and removed.').optional(),
      group: text(
        /^[\w+=,.@{}-]{1,128}$/,
        'write the name of the IAM user group, without path or ARN',
      )
        .describe('Membership in a group that is for Hallpass alone.')
        .optional(),
      attach: policyArn()
        .describe('A managed policy that Hallpass alone attaches to users.')
        .optional(),
      permission_set: permissionSetArn()
        .describe(
          'A permission set of Identity Center that Hallpass alone assigns in that account.',
        )
        .optional(),
      exclusive: exclusive().optional(),
    },
    'write `{ account: "<12 digits>", assume: <role ARN> }`, or another way in place of `assume`',
  ).meta({
    oneOf: awsWays.map((way) => ({ required: [way] })),
    dependentRequired: {
      end_sessions: ['assume'],
      group: ['exclusive'],
      attach: ['exclusive'],
      permission_set: ['exclusive'],
    },
  })

export type AwsBindingInput = z.output<ReturnType<typeof awsBinding>>
