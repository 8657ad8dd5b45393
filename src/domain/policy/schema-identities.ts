// Who is who in the clouds.
import { awsAccount } from './schema-aws.ts'
import { guid } from './schema-azure.ts'
import { line, listOf, mapping, numericId, someOf, text } from './schema-pieces.ts'

const awsIdentities = () =>
  listOf(
    mapping(
      {
        account: awsAccount(),
        user: text(/^[\w+=,.@-]{1,64}$/, "write the IAM user's name, without path or ARN"),
        id: text(/^AIDA[A-Z0-9]{8,124}$/, "write the IAM user's unique id: `AIDA…`")
          .describe('Pins the user: one of the same name made later is refused.')
          .optional(),
      },
      'write `{ account: "<12 digits>", user: <IAM user name> }`',
    ),
    'write a list of `{ account, user }`',
  )

const identityCenter = () =>
  mapping(
    {
      user: text(/^[\p{L}\p{N}+=,.@_-]{1,128}$/u, "write the user's name in Identity Center"),
      id: text(
        new RegExp(`^(?:[0-9a-f]{10}-)?${guid}$`),
        "write the user's id in the identity store, in lower case: `aws identitystore list-users`",
      )
        .describe('Pins the user: one of the same name made later is refused.')
        .optional(),
    },
    'write `{ user: <user name> }`',
  )

const googleAccount = () =>
  mapping(
    {
      email: text(
        /^(?!.*\.gserviceaccount\.com$)[a-z0-9.!#$%&'*+/=?^_{|}~-]{1,64}@[a-z0-9-]+(?:\.[a-z0-9-]+)+$/i,
        "write the person's own Google account: `alice@example.com`",
      )
        .max(254, { error: 'write at most 254 characters' })
        .transform((written) => written.toLowerCase()),
    },
    'write `{ email: alice@example.com }`',
  )

const entraUser = () =>
  mapping(
    {
      object_id: text(
        new RegExp(`^${guid}$`, 'i'),
        'write the object id in Entra: `az ad user show --id <user> --query id`',
      ).transform((written) => written.toLowerCase()),
      name: line(100, 'write in one line what they are called')
        .describe('For reading only.')
        .optional(),
    },
    'write `{ object_id: <Entra object id> }`',
  )

export const identity = () =>
  mapping(
    {
      github: numericId("write GitHub's numeric user id: `gh api users/LOGIN --jq .id`"),
      name: line(100, 'write in one line whose identity this is')
        .describe('For reading only.')
        .optional(),
      aws: awsIdentities().describe('IAM users, one for each account.').optional(),
      identity_center: identityCenter().describe('In AWS IAM Identity Center.').optional(),
      gcp: googleAccount().describe('In Google Cloud.').optional(),
      azure: entraUser().describe('In Azure.').optional(),
    },
    'write `{ github: <numeric id>, aws: [...] }`',
  )

const fieldIn = (names: readonly string[]): string => `\\{(?:${names.join('|')})\\}`
const quoted = (names: readonly string[]): string =>
  names.map((name) => `\`{${name}}\``).join(' or ')

/** `user` holds one of `names`, or else everybody would be the same user. */
const awsTemplates = (names: readonly string[]) =>
  someOf(
    mapping(
      {
        account: awsAccount(),
        user: text(
          new RegExp(`^[\\w+=,.@-]{0,64}${fieldIn(names)}[\\w+=,.@-]{0,64}$`),
          `write the IAM user's name with ${quoted(names)} in it`,
        ),
      },
      `write \`{ account: "<12 digits>", user: "{${names[0]}}" }\``,
    ),
    'write a list of `{ account, user }`',
  )

const identityCenterTemplate = (names: readonly string[]) =>
  text(
    new RegExp(`^[\\p{L}\\p{N}+=,.@_-]{0,64}${fieldIn(names)}[\\p{L}\\p{N}+=,.@_-]{0,64}$`, 'u'),
    `write the user's name in Identity Center with ${quoted(names)} in it`,
  )

const localPart = "[a-z0-9.!#$%&'*+/=?^_-]{0,32}"
/** `whole`: what is an address already. */
const gcpTemplate = (names: readonly string[], whole: string | undefined) =>
  text(
    new RegExp(
      `^(?:${whole === undefined ? '' : `${fieldIn([whole])}|`}${localPart}${fieldIn(names)}${localPart}@[a-z0-9-]+(?:\\.[a-z0-9-]+)+)$`,
    ),
    `write ${whole === undefined ? '' : `\`{${whole}}\`, or `}an address in lower case with ${quoted(names)} before its \`@\`: \`{${names[0]}}@example.com\``,
  )

/** Who somebody is whom the map does not hold. Entra's object ids are in the map alone. */
export const identitySources = () =>
  mapping(
    {
      saml: mapping(
        {
          aws: awsTemplates(['name_id', 'name_id_local']).optional(),
          identity_center: identityCenterTemplate(['name_id', 'name_id_local']).optional(),
          gcp: gcpTemplate(['name_id_local'], 'name_id').optional(),
        },
        'write `{ aws: [{ account: "<12 digits>", user: "{name_id_local}" }] }`',
        noEntra,
      )
        .describe("From the organization's SAML identities. `{name_id_local}` ends before the `@`.")
        .optional(),
      template: mapping(
        {
          aws: awsTemplates(['login']).optional(),
          identity_center: identityCenterTemplate(['login']).optional(),
          gcp: gcpTemplate(['login'], undefined).optional(),
        },
        'write `{ aws: [{ account: "<12 digits>", user: "{login}" }] }`',
        noEntra,
      )
        .describe(
          "From GitHub's login, which changes hands: for accounts whose users are named so.",
        )
        .optional(),
    },
    'write `saml` or `template`',
  )

const noEntra = new Map([
  ['azure', 'is not derived from names: write the object ids into `identities`'],
])
