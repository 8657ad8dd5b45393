// What a decision reads, answered by what a simulation knows. Nothing here reaches a network or a ledger.
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
    clouds: new Map([['aws', cloudOf(assumed)]]),
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
  }
}

type Cloud = NonNullable<ReturnType<ReadingDeps['clouds']['get']>>

/** Whom the policy names is there, and has nothing yet. */
const cloudOf = (assumed: Assumptions): Cloud => ({
  async resolve({ account }, identity) {
    const entry = identity?.aws.find((each) => each.account === account)
    if (entry === undefined)
      return { ok: false, why: `The policy names no IAM user in the AWS account ${account}.` }
    const { user, id } = entry
    assumed.note(`the IAM user ${user} is in the AWS account ${account}, and has none of it yet`)
    const principal = { cloud: 'aws', account, userName: user, userId: id ?? `(${user})` } as const
    return { ok: true, principal }
  },
  standing: async () => false,
})
