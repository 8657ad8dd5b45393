import type { z } from 'zod'
import { listOf, mapping, someOf, text } from './schema-pieces.ts'

const account = () => text(/^\d{12}$/, 'write the 12 digits of the AWS account in quotes')

const roleArn = () =>
  text(
    /^arn:aws(?:-cn|-us-gov)?:iam::\d{12}:role\/[\w+=,.@/{}-]{1,512}$/,
    "write the role's ARN, without wildcards: `arn:aws:iam::<account>:role/<name>`",
  )

const actionHint = 'write one service and its action, such as `s3:GetObject` or `logs:Get*`'
/**
 * Services that give or change access themselves. Granted inline they would let the recipient outlive the window, so
 * they are refused whole; what reads them belongs in a role that is assumed. Not every way up leads through these.
 */
const escalatingServices = [
  'account',
  'iam',
  'identitystore',
  'organizations',
  'sso',
  'sso-directory',
  'sts',
]
const action = () =>
  text(/^[a-z0-9-]+:[A-Za-z0-9*?]+$/, actionHint).superRefine((written, context) => {
    const service = written.split(':')[0] ?? ''
    if (escalatingServices.includes(service))
      context.addIssue({
        code: 'custom',
        message: `\`${service}\` gives access to itself and to others: use \`assume\` with a role that was made for it`,
      })
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

export const awsBinding = () =>
  mapping(
    {
      account: account(),
      assume: roleArn()
        .describe('The one role that may be assumed while the lease runs.')
        .optional(),
      allow: someOf(statement(), 'write a list of `{ actions, resources }`')
        .describe('Permissions that are given directly and judged at every request.')
        .optional(),
    },
    'write `{ account: "<12 digits>", assume: <role ARN> }`, or `allow: [...]` in place of `assume`',
  ).meta({ oneOf: [{ required: ['assume'] }, { required: ['allow'] }] })

export const awsIdentities = () =>
  listOf(
    mapping(
      {
        account: account(),
        user: text(/^[\w+=,.@-]{1,64}$/, "write the IAM user's name, without path or ARN"),
        id: text(/^AIDA[A-Z0-9]{8,124}$/, "write the IAM user's unique id: `AIDA…`")
          .describe('Pins the user: one of the same name made later is refused.')
          .optional(),
      },
      'write `{ account: "<12 digits>", user: <IAM user name> }`',
    ),
    'write a list of `{ account, user }`',
  )

/** `user` holds one of `names`, or else everybody would be the same user. */
const templates = (names: readonly string[]) =>
  someOf(
    mapping(
      {
        account: account(),
        user: text(
          new RegExp(`^[\\w+=,.@-]{0,64}\\{(?:${names.join('|')})\\}[\\w+=,.@-]{0,64}$`),
          `write the IAM user's name with ${names.map((name) => `\`{${name}}\``).join(' or ')} in it`,
        ),
      },
      `write \`{ account: "<12 digits>", user: "{${names[0]}}" }\``,
    ),
    'write a list of `{ account, user }`',
  )

/** Which IAM user somebody is whom the map does not hold. */
export const identitySources = () =>
  mapping(
    {
      saml: mapping(
        { aws: templates(['name_id', 'name_id_local']) },
        'write `{ aws: [{ account: "<12 digits>", user: "{name_id_local}" }] }`',
      )
        .describe("From the organization's SAML identities. `{name_id_local}` ends before the `@`.")
        .optional(),
      template: mapping(
        { aws: templates(['login']) },
        'write `{ aws: [{ account: "<12 digits>", user: "{login}" }] }`',
      )
        .describe(
          "From GitHub's login, which changes hands: for accounts whose users are named so.",
        )
        .optional(),
    },
    'write `saml` or `template`',
  )

export type AwsBindingInput = z.output<ReturnType<typeof awsBinding>>
