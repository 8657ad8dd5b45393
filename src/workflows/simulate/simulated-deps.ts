// What a decision reads, answered by what a simulation knows. Nothing here reaches a network or a ledger.
import { cloudTitles } from '../../domain/lanes/clouds.ts'
import { principalInWords } from '../../domain/lanes/principals.ts'
import type { CloudRole, Principal } from '../../domain/lanes/types.ts'
import type { Identity } from '../../domain/policy/types.ts'
import type { Actor, Person } from '../../domain/subjects.ts'
import type { Instant } from '../../domain/time.ts'
import type { ReadingDeps } from '../deps.ts'
import type { Assumptions, Known, KnownPerson } from './known.ts'

export function simulatedDeps(known: Known, now: Instant, assumed: Assumptions): ReadingDeps {
  // The first that is said of somebody counts.
  const people = new Map(known.people.toReversed().map((person) => [person.id, person]))
  return {
    clock: { now: () => now },
    accounts: assumed.or(
      known.accounts,
      new Set([known.repository.accountId]),
      `account ${known.repository.accountId} is served`,
    ),
    stopping: new AbortController().signal,
    github: githubOf(known, people, assumed),
    ledger: ledgerOf(known, now, assumed),
    clouds: new Map(
      (['aws', 'identity-center', 'gcp', 'azure'] as const).map((name) => [name, cloudOf(assumed)]),
    ),
  }
}

type People = ReadonlyMap<number, KnownPerson>

const named = ({ login }: Person): string => `@${login}`

function githubOf(known: Known, people: People, assumed: Assumptions): ReadingDeps['github'] {
  return {
    repository: async () => known.repository,
    current: async () => known.current,
    roleOf: async (_subject, person) =>
      assumed.or(people.get(person.id)?.role, 'write', `${named(person)} has the role write`),
    account: async (_subject, id): Promise<Actor> => {
      const { login, type } = people.get(id) ?? { login: String(id), type: undefined }
      const what = `${people.has(id) ? `@${login}` : `the account ${id}`} is a person's`
      return { id, login, type: assumed.or(type, 'User', what) }
    },
    async teamMembership(_subject, slug, person) {
      const teams = people.get(person.id)?.teams
      const what = `${named(person)} is not in the team ${slug}`
      return assumed.or(teams, [], what).includes(slug) ? 'member' : 'not-member'
    },
    async teamMembers(_subject, slug) {
      const members = known.people.filter(({ teams = [] }) => teams.includes(slug))
      if (members.length === 0) assumed.note(`nobody is in the team ${slug}`)
      return members.map(({ id, login }) => ({ id, login }))
    },
    changedPaths: async () => ({
      paths: assumed.or(known.changedPaths, [], 'no path is changed'),
      truncated: false,
    }),
    headPeople: async () =>
      assumed.or(
        known.pushers,
        { people: [known.current.author.id], unproven: false },
        'only its author pushed to the head',
      ),
    async existsAt(_subject, _sha, path) {
      assumed.or(known.onBase, [], `${path} is on the base branch`)
      return known.onBase === undefined || known.onBase.includes(path)
    },
    samlIdentities: async (_subject, person) =>
      assumed
        .or(people.get(person.id)?.saml, [], `${named(person)} has no SAML identity`)
        .map((nameId) => ({ nameId })),
    property: async () => known.property,
  }
}

const nothingCounted = { atOnce: 0, lastEndedAt: undefined, secondsInDay: 0 }

function ledgerOf(known: Known, now: Instant, assumed: Assumptions): ReadingDeps['ledger'] {
  return {
    grantsOf: async () => [],
    causeUsed: async () => false,
    hasAct: async () => false,
    async usage() {
      assumed.note('no limit counts anything yet')
      return { role: nothingCounted, person: nothingCounted, repository: nothingCounted }
    },
    freezes: async () =>
      assumed
        .or(known.freezes, [], 'nothing is frozen')
        .map((scope) => ({ id: '', scope, by: { kind: 'hallpass' }, at: now, because: '' })),
    debtsOf: async (personIds) =>
      assumed
        .or(known.debtors, [], 'nobody owes a review of a break-glass')
        .filter((id) => personIds.includes(id))
        .map((id) => ({ personId: id, requesterId: id })),
    identityLink: async () => undefined,
    identityHolder: async () => undefined,
    lane: async () => undefined,
  }
}

type Cloud = NonNullable<ReturnType<ReadingDeps['clouds']['get']>>

/** Whom the policy names is there, and has nothing yet. */
const cloudOf = (assumed: Assumptions): Cloud => ({
  async resolve(role, identity) {
    const found = identity === undefined ? undefined : principalFor(role, identity)
    if (found === undefined)
      return { ok: false, why: `The policy names nobody of theirs in ${placeOf(role)}.` }
    assumed.note(`the ${principalInWords(found)} is in ${placeOf(role)}, and has none of it yet`)
    return { ok: true, principal: found, given: settled(role, assumed) }
  },
  standing: async () => false,
})

const placeOf = (role: CloudRole): string =>
  role.cloud === 'aws' ? `the AWS account ${role.account}` : cloudTitles[role.cloud]

function principalFor(role: CloudRole, identity: Identity): Principal | undefined {
  const { aws, identityCenter, gcp, azure } = identity
  switch (role.cloud) {
    case 'aws': {
      const entry = aws.find(({ account }) => account === role.account)
      if (entry === undefined) return undefined
      const { account, user, id } = entry
      return { cloud: 'aws', account, userName: user, userId: id ?? `(${user})` }
    }
    case 'identity-center': {
      if (identityCenter === undefined) return undefined
      const { user, id } = identityCenter
      return { cloud: role.cloud, store: 'd-0000000000', userName: user, userId: id ?? `(${user})` }
    }
    case 'gcp':
      return gcp === undefined ? undefined : { cloud: 'gcp', member: `user:${gcp.email}` }
    case 'azure':
      return azure === undefined ? undefined : { cloud: 'azure', ...azure }
    default:
      return role satisfies never
  }
}

/** NB: whether the tenant has the licence is not known here: the lesser promise is shown. */
function settled(role: CloudRole, assumed: Assumptions): CloudRole {
  if (role.cloud !== 'azure' || role.mode !== 'by-licence') return role
  assumed.note('the Azure tenant has no licence for Privileged Identity Management')
  return { ...role, mode: 'assignment' }
}
