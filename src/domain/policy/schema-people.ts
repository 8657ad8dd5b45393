// Who: teams, people by number, whoever is on call, and conditions on a person.
import { z } from 'zod'
import { count, mapping, someOf, text } from './schema-pieces.ts'
import type { Approver, Eligible, Standing } from './types.ts'

const team = 'team:[A-Za-z0-9_][A-Za-z0-9_-]{0,99}'
const user = 'user:[1-9]\\d{0,14}'
const onCall = 'on-call:[a-z0-9]+(?:-[a-z0-9]+)*'
const roles = ['read', 'triage', 'write', 'maintain', 'admin'] as const

const eligiblePattern = new RegExp(`^(?:${team}|${user})$`)
const approverPattern = new RegExp(`^(?:${team}|${user}|${onCall})$`)
const standingPattern = new RegExp(`^(?:${team}|${user}|role:(?:${roles.join('|')}))$`)

const eligibleHint = 'write `team:<slug>` or `user:<numeric id>`'
const approverHint = 'write `team:<slug>`, `user:<numeric id>` or `on-call:<name>`'
const standingHint =
  'write `team:<slug>`, `user:<numeric id>` or `role:<read, triage, write, maintain or admin>`'

export const eligible = () => entry(eligiblePattern, eligibleHint, toEligible)
const approver = () => entry(approverPattern, approverHint, toApprover)
export const standing = () => entry(standingPattern, standingHint, toStanding)

/** The name of a source of `on_call`. */
export const onCallName = () =>
  text(
    /^[a-z0-9]+(?:-[a-z0-9]+)*$/,
    'write a name of lower-case letters, digits and single dashes',
  ).max(64, { error: 'write at most 64 characters' })

export const approvers = () => someOf(approver(), 'write who may approve, such as `[team:sre]`')
export const approvals = () => count(1, 10, 'write how many must approve')
export const stage = () =>
  mapping({ by: approvers(), count: approvals() }, 'write `{ by: [team:sre], count: 1 }`')

function entry<Value>(pattern: RegExp, hint: string, to: (entry: string) => Value) {
  return z
    .string({ error: hint })
    .meta({ pattern: pattern.source })
    .transform((written, context): Value => {
      if (pattern.test(written)) return to(written)
      context.addIssue({ code: 'custom', message: problemOf(written, hint) })
      return z.NEVER
    })
}

const toEligible = (entry: string): Eligible => {
  const [kind, name = ''] = entry.split(':')
  return kind === 'team'
    ? { kind: 'team', slug: name.toLowerCase() }
    : { kind: 'user', id: Number(name) }
}

const toApprover = (entry: string): Approver =>
  entry.startsWith('on-call:')
    ? { kind: 'on-call', name: entry.slice('on-call:'.length) }
    : toEligible(entry)

function toStanding(entry: string): Standing {
  const atLeast = roles.find((role) => entry === `role:${role}`)
  return atLeast === undefined ? toEligible(entry) : { kind: 'role', atLeast }
}

function problemOf(entry: string, hint: string): string {
  const login = /^user:([A-Za-z0-9-]{1,39})$/.exec(entry)?.[1]
  if (login !== undefined)
    return `write the numeric id, because logins change hands: \`gh api users/${login} --jq .id\``
  if (/^team:[\w.-]+\/[\w-]+$/.test(entry))
    return "write the team's slug alone: teams are those of the organization that owns the repository"
  if (entry.startsWith('on-call:') && hint !== approverHint)
    return `\`on-call:\` stands for approvers alone: ${hint}`
  if (entry.startsWith('role:') && hint !== standingHint)
    return `\`role:\` stands in \`author\` and \`actor\` alone: ${hint}`
  return hint
}
