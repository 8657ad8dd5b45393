// What has to be so at GitHub for Hallpass to work: the App, its installations, and the policy.
import { formatProblem } from '../../domain/policy/format-problem.ts'
import { parseOrganizationPolicy } from '../../domain/policy/parse.ts'
import type { DocumentReading } from '../../workflows/ports.ts'
import { subscribedEvents } from '../webhooks/routes.ts'
import { Ailment } from './doctor.ts'

type Permissions = Readonly<Record<string, string>>

export interface AppFacts {
  app(): Promise<{
    readonly slug: string
    readonly permissions: Permissions
    readonly events: readonly string[]
  }>
  installations(): Promise<
    readonly {
      readonly account: string
      readonly accountId: number
      readonly suspended: boolean
      readonly permissions: Permissions
    }[]
  >
  readonly accounts: ReadonlySet<number>
}

/** What Hallpass needs of GitHub, as in app.yml. */
export const permissionsNeeded: Readonly<Record<string, 'read' | 'write'>> = {
  checks: 'write',
  contents: 'read',
  issues: 'write',
  members: 'read',
  metadata: 'read',
  pull_requests: 'write',
}

export async function lookAtApp(facts: AppFacts): Promise<string> {
  const { slug, permissions, events } = await facts.app()
  const lacks = lacking(permissions)
  if (lacks !== '')
    throw new Ailment(
      `The App ${slug} lacks the permission ${lacks}.`,
      "add it in the App's settings under Permissions, then accept it on each installation",
    )
  const deaf = subscribedEvents.filter((event) => !events.includes(event))
  if (deaf.length > 0)
    throw new Ailment(
      `The App ${slug} does not subscribe to ${deaf.join(', ')}.`,
      "subscribe to it in the App's settings under Permissions",
    )
  const all = await facts.installations()
  const served = [...facts.accounts].map(
    (id) => [id, all.find((one) => one.accountId === id)] as const,
  )
  for (const [id, installation] of served) lookAtInstallation(slug, id, installation)
  return `App ${slug}, installed on ${served.map(([id, one]) => one?.account ?? id).join(', ')}`
}

/** While the private key is rotated: which of the two GitHub knows the App by. Nothing to say where there is one. */
export async function lookAtKeys(keys: {
  readonly first: () => Promise<unknown>
  readonly previous: (() => Promise<unknown>) | undefined
}): Promise<string> {
  const { first, previous } = keys
  if (previous === undefined) return ''
  const [ofFirst, ofPrevious] = await Promise.allSettled([first(), previous()])
  if (ofFirst.status === 'fulfilled')
    return ofPrevious.status === 'fulfilled'
      ? '; PRIVATE_KEY and PRIVATE_KEY_PREVIOUS are both valid: when no process is left that has only the old one, delete it at GitHub, then take PRIVATE_KEY_PREVIOUS out'
      : '; PRIVATE_KEY is valid and PRIVATE_KEY_PREVIOUS is not: take that out'
  if (ofPrevious.status === 'rejected') throw ofFirst.reason
  throw new Ailment(
    `PRIVATE_KEY does not sign in, and PRIVATE_KEY_PREVIOUS does: ${wordsOf(ofFirst.reason)}`,
    "make a new key in the App's settings and set it as PRIVATE_KEY; keep the old one at GitHub until doctor calls both valid",
  )
}

const wordsOf = (reason: unknown): string =>
  reason instanceof Error ? reason.message : String(reason)

function lookAtInstallation(
  slug: string,
  id: number,
  installation: Awaited<ReturnType<AppFacts['installations']>>[number] | undefined,
): void {
  if (installation === undefined)
    throw new Ailment(
      `The App ${slug} is not installed on account ${id}.`,
      "install it there (the App's settings, Install App), or take the id out of HALLPASS_ACCOUNTS",
    )
  const { account, suspended, permissions } = installation
  if (suspended)
    throw new Ailment(
      `The installation of the App ${slug} on ${account} is suspended.`,
      `unsuspend it in the settings of ${account}, under GitHub Apps`,
    )
  const lacks = lacking(permissions)
  if (lacks !== '')
    throw new Ailment(
      `The installation of the App ${slug} on ${account} lacks the permission ${lacks}.`,
      `accept the App's new permissions in the settings of ${account}, under GitHub Apps`,
    )
}

const lacking = (permissions: Permissions): string =>
  Object.entries(permissionsNeeded)
    .filter(([name, level]) => permissions[name] !== level && permissions[name] !== 'write')
    .map(([name, level]) => `${name}: ${level}`)
    .join(', ')

/** `setting` tells what a setting is, by its name. */
export function lookAtPolicy(
  reading: DocumentReading,
  setting: (name: string) => string | undefined,
): string {
  if (reading.kind === 'missing')
    throw new Ailment(
      `${reading.where}: ${reading.why} Without a policy nothing is granted.`,
      'put the policy there, or correct HALLPASS_POLICY_FILE or HALLPASS_POLICY_REPOSITORY',
    )
  const { where } = reading.source
  if (reading.kind === 'unreadable') throw new Error(`${where}: ${reading.why}`)
  const parsed = parseOrganizationPolicy(reading.text, where)
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'))
  const { roles, rules, identities, onCall } = parsed.value
  const unset = [...onCall.values()].flatMap((source) =>
    source.kind === 'http' && source.tokenFrom !== undefined && !setting(source.tokenFrom)?.trim()
      ? [source.tokenFrom]
      : [],
  )
  if (unset.length > 0)
    throw new Ailment(
      `${where}: nothing is set for ${unset.join(' and ')}: whoever is on call by it cannot be asked for`,
      'set the token, or correct its name in the policy',
    )
  return `${where}: ${count(roles.size, 'role')}, ${count(rules.length, 'rule')}, ${count(identities.length, 'identity', 'identities')}`
}

const count = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`
