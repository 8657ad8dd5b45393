// How to use what was given: what to type, and where to look. Never a credential.
import { bindingIdsOf, madeRoleArn, sessionNameOf } from '../lanes/bindings-of.ts'
import type {
  AwsAssumeRole,
  AwsInlinePermissions,
  AwsRolePerGrant,
  AzureRoleAssignment,
  CloudRole,
  GcpConditionalBinding,
  Principal,
} from '../lanes/types.ts'
import type { Active, Approved, Offer } from '../grants/types.ts'
import { resourcesOf, whoIn } from './cloud-words.ts'
import { code, shellWord } from './escape.ts'

/** `instance`: ours, which the names of what was made for the grant hold. */
export function howToUse(grant: Approved | Active, instance: string): readonly string[] {
  const { offer } = grant.revision
  const names = bindingIdsOf(offer, grant.id, instance)
  return offer.bindings.map(({ role, principal }, index) =>
    howTo(grant, role, principal, names[index] ?? ''),
  )
}

export const shell = (commands: string): string => `\`\`\`sh\n${commands}\n\`\`\``

function howTo(
  grant: Approved | Active,
  role: CloudRole,
  principal: Principal,
  name: string,
): string {
  switch (role.mode) {
    case 'assume-role':
      return assumed(grant, role, principal)
    case 'inline-permissions':
      return `Just use your own credentials: the permissions are on ${whoIn(principal)}, also in the [AWS console](${consoleOf(role)}).`
    case 'group':
    case 'managed-policy':
      return `Just use your own credentials: ${whoIn(principal)} can ${resourcesOf(role)}.`
    case 'role-per-grant':
      return `With the credentials of ${whoIn(principal)}:\n\n${shell(assumeMade(grant, role, name))}`
    case 'account-assignment':
      return `In the AWS access portal, or with ${code('aws sso login')}, ${whoIn(principal)} finds the account ${code(role.account)} with this permission set.`
    case 'conditional-binding':
      return inGoogleCloud(role, principal)
    case 'assignment':
    case 'pim':
    case 'by-licence':
      return inAzure(role, principal)
    default:
      return role satisfies never
  }
}

/** NB: no duration: what AWS gives when none is asked for is never more than the role allows. */
const assumeMade = ({ id }: Approved | Active, role: AwsRolePerGrant, name: string): string =>
  `aws sts assume-role --role-arn ${shellWord(madeRoleArn(role, name))} --role-session-name ${shellWord(sessionNameOf(id))}`

/** NB: a bracket would end the link that it stands in. */
const inAddress = (text: string): string =>
  encodeURIComponent(text.toWellFormed()).replaceAll(
    /['()]/g,
    (character) => `%${character.charCodeAt(0).toString(16)}`,
  )

const takesMinutes = (cloud: string): string =>
  `It may take a few minutes until ${cloud} knows everywhere.`

function inGoogleCloud(role: GcpConditionalBinding, principal: Principal): string {
  const [kind, id = ''] = role.resource.split('/')
  const project = kind === 'projects' ? `?project=${inAddress(id)}` : ''
  const commands = [
    ...(principal.cloud === 'gcp'
      ? [`gcloud config set account ${shellWord(principal.member.replace(/^user:/, ''))}`]
      : []),
    ...(kind === 'projects' ? [`gcloud config set project ${shellWord(id)}`] : []),
  ]
  return [
    `Just use ${whoIn(principal)}, also in the [Google Cloud console](https://console.cloud.google.com/${project}): it can ${resourcesOf(role)}. ${takesMinutes('Google Cloud')}`,
    ...(commands.length === 0 ? [] : [shell(commands.join('\n'))]),
  ].join('\n\n')
}

function inAzure(role: AzureRoleAssignment, principal: Principal): string {
  const [, subscription] = /^\/subscriptions\/([^/]+)/.exec(role.scope) ?? []
  return [
    `Just use ${whoIn(principal)}, also in the [Azure portal](https://portal.azure.com/): it can ${resourcesOf(role)}. ${takesMinutes('Azure')} Whoever is signed in already may have to sign in anew.`,
    ...(subscription === undefined
      ? []
      : [shell(`az login\naz account set --subscription ${shellWord(subscription)}`)]),
  ].join('\n\n')
}

function assumed(grant: Approved | Active, role: AwsAssumeRole, principal: Principal): string {
  const assume =
    `aws sts assume-role --role-arn ${shellWord(role.roleArn)}` +
    ` --role-session-name ${shellWord(sessionNameOf(grant.id))}` +
    ` --duration-seconds ${sessionSeconds(grant.revision.offer)}`
  return [
    `With the credentials of ${whoIn(principal)}:`,
    shell(assume),
    `<details><summary>In the AWS console</summary>\n\n${inConsole(assume, role, grant)}\n\n</details>`,
  ].join('\n\n')
}

/**
 * The console's own switch of roles names the session after the user, and access is pinned to the grant's name: so the
 * link has to be made out of a session, where its credentials are.
 */
function inConsole(assume: string, { roleArn }: AwsAssumeRole, { id }: Approved | Active): string {
  const { signIn, console } = hostsOf(roleArn.split(':')[1])
  const federation = `https://${signIn}/federation`
  const destination = encodeURIComponent(`https://${console}/`)
  return [
    `Switching roles there is refused, as access is given to the session ${code(sessionNameOf(id))} alone. This prints a link that opens the console with it, for you alone:`,
    shell(
      [
        `session=$(${assume} --output json --query 'Credentials.{sessionId:AccessKeyId,sessionKey:SecretAccessKey,sessionToken:SessionToken}')`,
        `token=$(printf %s "$session" | curl -sSG ${federation} -d Action=getSigninToken --data-urlencode Session@- | jq -r .SigninToken)`,
        `echo "${federation}?Action=login&Destination=${destination}&SigninToken=$token"`,
      ].join('\n'),
    ),
  ].join('\n\n')
}

/** STS takes no less than 900 seconds. */
const sessionSeconds = ({ residualSeconds }: Offer): number => Math.max(900, residualSeconds)

const consoleOf = ({ account, allow }: AwsInlinePermissions): string => {
  const arns = allow.flatMap(({ resources }) => resources).filter((each) => each.startsWith('arn:'))
  return `https://${encodeURIComponent(account)}.${hostsOf(arns[0]?.split(':')[1]).signIn}/console`
}

/** By the ARN's partition. */
const hostsOf = (partition: string | undefined) =>
  partition === 'aws-us-gov'
    ? { signIn: 'signin.amazonaws-us-gov.com', console: 'console.amazonaws-us-gov.com' }
    : partition === 'aws-cn'
      ? { signIn: 'signin.amazonaws.cn', console: 'console.amazonaws.cn' }
      : { signIn: 'signin.aws.amazon.com', console: 'console.aws.amazon.com' }
