// What a holder needs to know about one grant that is not over yet.
import type { CloudRole, Principal } from '../lanes/types.ts'
import { needsSessionsUntil } from '../grants/phases.ts'
import { bindingsOf, sessionNameOf } from '../lanes/bindings-of.ts'
import type { Active, Approved, Ending, Grant, Live, Offer, Requested } from '../grants/types.ts'
import type { Until } from '../policy/types.ts'
import { approvalInWords } from './answers/takes.ts'
import { code, prose, shellWord } from './escape.ts'
import { duration, utc } from './format.ts'
import { sessionsUntilMax } from './state.ts'

export function grantSection(grant: Live | Requested, instance: string): string {
  const { offer } = grant.revision
  const title = `**${code(offer.recipient.login)}: ${code(offer.role)}**, grant ${code(grant.id)}`
  return [title, ...bodyOf(grant, instance), ...trouble(grant, instance)].join('\n\n')
}

function bodyOf(grant: Live | Requested, instance: string): readonly string[] {
  switch (grant.phase) {
    case 'requested':
      return [list([`Why: ${prose(grant.revision.offer.because)}`, ...whatIsAsked(grant)])]
    case 'approved':
    case 'active':
      return [...usage(grant), list([...outliving(grant), ...endings(grant)])]
    case 'ending':
      return [...standing(grant, instance)]
    default:
      return grant satisfies never
  }
}

function whatIsAsked(grant: Requested): readonly string[] {
  const { offer, code: named } = grant.revision
  const { approval } = offer
  if (approval === 'none') return []
  return [
    `Needs ${approvalInWords(approval)}. So far: ${grant.approvals.length}. Code: ${code(named)}`,
    `Would be used as ${offer.bindings.map(({ principal }) => userOf(principal)).join(', ')}`,
    ...(offer.residualSeconds > 0
      ? [`Sessions may outlive the lease by ${duration(offer.residualSeconds)}`]
      : []),
    deadline(offer),
  ]
}

function usage(grant: Approved | Active): readonly string[] {
  return grant.revision.offer.bindings.map(({ role, principal }) => howTo(grant, role, principal))
}

function howTo(grant: Approved | Active, role: CloudRole, principal: Principal): string {
  switch (role.mode) {
    case 'assume-role':
      return [
        `With the credentials of ${userOf(principal)}:`,
        shell(
          `aws sts assume-role --role-arn ${shellWord(role.roleArn)}` +
            ` --role-session-name ${shellWord(sessionNameOf(grant.id))}` +
            ` --duration-seconds ${sessionSeconds(grant.revision.offer)}`,
        ),
      ].join('\n\n')
    case 'inline-permissions':
      return `Just use your own credentials: the permissions are on ${userOf(principal)}.`
    default:
      return role satisfies never
  }
}

/** STS takes no less than 900 seconds. */
const sessionSeconds = ({ residualSeconds }: Offer): number => Math.max(900, residualSeconds)

function outliving(grant: Approved | Active): readonly string[] {
  const until = sessionsUntilMax(grant)
  return until === undefined
    ? ['Nothing outlives it: AWS evaluates it at each request']
    : [`A session that was opened in time may outlive the lease, until ${utc(until)}`]
}

function endings(grant: Approved | Active): readonly string[] {
  const { until, boundHead } = grant.revision.offer
  const acts = [
    ...until.map((each) => endingActs[each]),
    ...(boundHead === undefined ? [] : ['a push to the pull request']),
  ]
  return [
    `Ends at ${utc(grant.endsAt)}${acts.length === 0 ? '' : `, or with ${acts.join(', or with ')}`}`,
    deadline(grant.revision.offer),
  ]
}

const endingActs: Readonly<Record<Until, string>> = {
  reviewed: 'the review',
  unrequested: 'the review request being removed',
  unlabeled: 'the label being removed',
  unassigned: 'the assignment being removed',
  closed: 'the pull request being closed or merged',
  merged: 'the pull request being merged',
  pushed: 'a push to the pull request',
}

const deadline = ({ selfExpiring }: Offer): string =>
  selfExpiring
    ? 'The cloud itself ends it when the lease is over, even if Hallpass is down'
    : '**The cloud cannot end it by itself:** it lasts until Hallpass removes it'

function trouble(grant: Grant, instance: string): readonly string[] {
  if (grant.stuck === undefined) return []
  const { since, because } = grant.stuck
  const told = `**Stuck since ${utc(since)}**, because ${prose(because)}`
  if (grant.phase !== 'ending') return [told]
  const commands = stillThere(grant, instance).map(
    ({ principal, name }) =>
      `aws iam delete-user-policy --user-name ${shellWord(principal.userName)} --policy-name ${shellWord(name)}`,
  )
  if (commands.length === 0) return [told]
  return [told, 'Hallpass goes on trying. To remove it by hand:', shell(commands.join('\n'))]
}

function standing(grant: Ending, instance: string): readonly string[] {
  const left = stillThere(grant, instance)
  if (left.length === 0) return [overButForSessions(grant)]
  const places = left.map(({ name, principal }) => `${code(name)} on ${userOf(principal)}`)
  return [list([`Not yet proven gone: ${places.join(', ')}`])]
}

function overButForSessions(grant: Ending): string {
  const until = needsSessionsUntil(grant)
  const gone = 'Removed, and proven gone: no new session can be opened.'
  return until === undefined
    ? gone
    : `${gone} One that was opened before may run until ${utc(until)}.`
}

function stillThere(grant: Ending, instance: string) {
  const gone = new Set(
    grant.holds.filter(({ state }) => state === 'gone').map(({ bindingId }) => bindingId),
  )
  const { offer } = grant.revision
  return bindingsOf(offer, grant.id, instance, grant.approvedAt, grant.endsAt).filter(
    ({ id }) => !gone.has(id),
  )
}

const userOf = ({ account, userName }: Principal): string =>
  `IAM user ${code(userName)} in account ${code(account)}`

const list = (items: readonly string[]): string => items.map((item) => `- ${item}`).join('\n')
const shell = (commands: string): string => `\`\`\`sh\n${commands}\n\`\`\``
