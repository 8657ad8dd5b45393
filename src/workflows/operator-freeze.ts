// A freeze as an operator asks for it, by names or ids. NB: what counts is the numeric id, for a name can change hands.
import type { FreezeScope } from '../domain/grants/freeze.ts'
import { toIso } from '../domain/time.ts'
import type { Deps, LedgerDeps } from './deps.ts'
import { freeze } from './freeze.ts'
import type { Freeze, Ledger } from './ports.ts'

export interface FreezeAsked {
  readonly scope:
    | { readonly kind: 'all' }
    | { readonly kind: 'person' | 'role' | 'repository'; readonly named: string }
  readonly because: string
  readonly operator: string
}

export type FreezeOutcome =
  | {
      readonly kind: 'frozen'
      readonly freeze: FreezeSummary
      /** How many grants and requests it ended. */
      readonly ended: number
      /** What whoever froze a name that nobody knows has to hear. */
      readonly warning: string | null
    }
  | { readonly kind: 'refused'; readonly why: string }

export interface FreezeSummary {
  readonly id: string
  readonly scope: FreezeScope
  /** ISO 8601 in UTC. */
  readonly at: string
  readonly by: string
  readonly because: string
}

export async function operatorFreeze(
  deps: LedgerDeps & Pick<Deps, 'random'>,
  { scope: asked, because, operator }: FreezeAsked,
): Promise<FreezeOutcome> {
  const found = await scopeOf(deps.ledger, asked)
  if ('why' in found) return { kind: 'refused', why: found.why }
  const { scope } = found
  const by = { kind: 'operator', name: operator } as const
  const { freeze: begun, ended } = await freeze(deps, { scope, by, because })
  return { kind: 'frozen', freeze: freezeSummary(begun), ended, warning: found.warning ?? null }
}

export const freezeSummary = ({ id, scope, by, at, because }: Freeze): FreezeSummary => ({
  id,
  scope,
  at: toIso(at),
  by: by.kind === 'operator' ? by.name : by.kind === 'person' ? `@${by.person.login}` : 'hallpass',
  because,
})

type Found =
  | { readonly scope: FreezeScope; readonly warning?: string }
  /** Why there is none, and what to give instead. */
  | { readonly why: string }

async function scopeOf(ledger: Ledger, asked: FreezeAsked['scope']): Promise<Found> {
  switch (asked.kind) {
    case 'all':
      return { scope: { kind: 'all' } }
    case 'person':
      return personOf(ledger, asked.named)
    case 'role':
      return roleOf(ledger, asked.named)
    case 'repository':
      return repositoryOf(ledger, asked.named)
    default:
      return asked satisfies never
  }
}

async function personOf(ledger: Ledger, named: string): Promise<Found> {
  const id = numeric(named)
  if (id !== undefined) return { scope: { kind: 'person', personId: id } }
  const login = named.replace(/^@/, '')
  const lookup = `Give the numeric id: \`gh api users/${isLogin(login) ? login : 'LOGIN'} --jq .id\`.`
  if (!isLogin(login)) return { why: `"${named}" is neither a login nor a numeric id. ${lookup}` }
  const people = await ledger.peopleNamed(login)
  const [person, ...others] = people
  if (person === undefined)
    return { why: `No grant is recorded of anybody named @${login}. ${lookup}` }
  if (others.length > 0)
    return { why: `@${login} has been the name of several people: ${listed(people)}. ${lookup}` }
  return { scope: { kind: 'person', personId: person.id } }
}

async function repositoryOf(ledger: Ledger, named: string): Promise<Found> {
  const id = numeric(named)
  if (id !== undefined) return { scope: { kind: 'repository', repositoryId: id } }
  const lookup = `Give the numeric id: \`gh api repos/${isFullName(named) ? named : 'OWNER/NAME'} --jq .id\`.`
  if (!isFullName(named))
    return { why: `"${named}" is neither owner/repository nor a numeric id. ${lookup}` }
  const repositories = await ledger.repositoriesNamed(named)
  const [repository, ...others] = repositories
  if (repository === undefined) return { why: `Nothing is recorded of ${named}. ${lookup}` }
  if (others.length > 0)
    return { why: `${named} has been several repositories: ${listed(repositories)}. ${lookup}` }
  return { scope: { kind: 'repository', repositoryId: repository.id } }
}

/** Frozen even where nobody ever asked for it: a role that was just put into the policy is one to freeze in time. */
async function roleOf(ledger: Ledger, role: string): Promise<Found> {
  const scope = { kind: 'role', role } as const
  if (!isPlain(role)) return { why: `"${role.slice(0, 50)}" is not the name of a role.` }
  if (await ledger.isRoleRecorded(role)) return { scope }
  const warning = `Nobody ever asked for a role named ${role}. If that is not how the policy writes it, unfreeze this and give its name.`
  return { scope, warning }
}

const listed = (all: readonly { readonly id: number }[]): string =>
  all.map(({ id }) => id).join(', ')
const numeric = (text: string): number | undefined =>
  /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined
const isLogin = (text: string): boolean => /^[\w-]{1,100}(\[bot\])?$/.test(text)
const isFullName = (text: string): boolean => /^[\w.-]{1,100}\/[\w.-]{1,100}$/.test(text)
const isPlain = (text: string): boolean => /^[\w.-]{1,100}$/.test(text)
