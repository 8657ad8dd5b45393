// Hand-written stand-ins for the workflows' ports: what they keep is plain, and what goes wrong is asked for.
import {
  placeId,
  type Found,
  type Listing,
  type Place,
  type Shortcoming,
} from '../../src/domain/lanes/places.ts'
import { ActRepeated, CloudError, GitHubError, LedgerConflict } from '../../src/domain/errors.ts'
import type { Lateness } from '../../src/domain/measures/lateness.ts'
import type { Alarm } from '../../src/domain/lanes/alarms.ts'
import type { LostDelivery } from '../../src/domain/deliveries/judge-attempts.ts'
import type { Debt } from '../../src/domain/debts/types.ts'
import { isFrozen, type Freeze } from '../../src/domain/grants/freeze.ts'
import type { Grant } from '../../src/domain/grants/types.ts'
import type {
  Applied,
  BindingNote,
  BindingRecord,
  Change,
  Lane,
  Observation,
  ObservedBinding,
} from '../../src/domain/lanes/types.ts'
import { desiredOf } from '../../src/domain/lanes/desired-of.ts'
import type { Notice } from '../../src/domain/messages/types.ts'
import type {
  PullRequestFacts,
  RepositoryFacts,
  SubjectFacts,
} from '../../src/domain/policy/types.ts'
import {
  subjectKey,
  type Actor,
  type Person,
  type RoleName,
  type Subject,
} from '../../src/domain/subjects.ts'
import type { Counted, Usage } from '../../src/domain/policy/usage.ts'
import { nothingPosted } from '../../src/workflows/ports.ts'
import { defaultTiming, type Deps } from '../../src/workflows/deps.ts'
import type {
  AcceptedPolicy,
  BroughtBy,
  DocumentChanged,
  CheckRun,
  Claim,
  Claiming,
  Cloud,
  Commit,
  GitHub,
  IdentityLink,
  Ledger,
  LogFields,
  NamedRepository,
  OnCall,
  PolicyReading,
  Posted,
  Reaction,
  RecordedDecision,
  Seat,
  Seated,
  Spent,
  StoredDelivery,
  Unclaimed,
  Work,
  WriteCost,
} from '../../src/workflows/ports.ts'
import { octocat, start, subject as someSubject } from '../domain/grants.fixtures.ts'

// ── time and words ──────────────────────────────────────────────────────────────────────────────────────────────────

function fakeClock(at = start) {
  let now = at
  return {
    now: () => now,
    turn(ms: number) {
      now += ms
    },
  }
}

export function fakeLog() {
  const lines: { readonly level: string; readonly id: string; readonly fields: LogFields }[] = []
  const note =
    (level: string) =>
    (id: string, fields: LogFields = {}) => {
      lines.push({ level, id, fields })
    }
  return { lines, info: note('info'), warn: note('warn'), error: note('error') }
}

// ── the ledger ──────────────────────────────────────────────────────────────────────────────────────────────────────

interface KeptDelivery extends Omit<StoredDelivery, 'nextAt'> {
  readonly state: 'pending' | 'done' | 'failed'
  readonly retryAt: number | null
  readonly error?: string
}
interface KeptLane {
  readonly lane: Lane
  dirtyVersion: number
  cleanVersion: number
  checkAt: number | null
  failures: number
  lastError: string | null
  settledAt: number | undefined
}
interface KeptGrant {
  grant: Grant
  standingCheckedAt: number
  standingVersion: number
  /** The newest question that a reading has answered. */
  standingClean: number
}
interface KeptSubject {
  readonly subject: Subject
  dirtyVersion: number
  cleanVersion: number
  failures: number
  retryAt: number
  lastError: string | null
  notices: readonly Notice[]
  posted: Posted
}

const unquestioned = { standingVersion: 0, standingClean: 0 }

/** Guards versions and claims as the real one does; keeps everything in maps that a test may look at and change. */
/** Where a ledger is, as a test says. */
class FakeSeat implements Seat {
  found: Unclaimed | undefined
  controller = new AbortController()
  since = 0
  asking: number | undefined
  seated: Seated = {
    here: { system: 's1', database: '5', place: 'p1' },
    noted: { system: 's1', database: '5', places: ['p1'], app: null },
    foundAt: undefined,
  }
  readonly claims: Claiming[] = []
  unclaimed = () => this.found
  tenure = () => this.controller.signal
  askedSince = () => this.since
  look = async () => this.found
  settle = async () => this.found
  read = async () => this.seated
  async suspend(why: Unclaimed['why'], since: number) {
    this.found = { why, since }
    this.controller.abort()
  }
  async claim(claiming: Claiming) {
    this.claims.push(claiming)
    this.found = undefined
    this.controller = new AbortController()
  }
  asksSince = async () => this.asking
  async asked(since: number) {
    if (this.asking === since) this.asking = undefined
  }
}

class FakeLedger implements Ledger {
  readonly instance = 'i7'
  readonly seat = new FakeSeat()
  readonly commits: Commit[] = []
  readonly claims = new Map<string, Claim & { held: boolean }>()
  readonly deliveries = new Map<string, KeptDelivery>()
  readonly grants = new Map<string, KeptGrant>()
  readonly lanes = new Map<string, KeptLane>()
  readonly bindings = new Map<string, BindingRecord>()
  readonly subjects = new Map<string, KeptSubject>()
  readonly acts = new Set<string>()
  readonly frozen = new Map<string, Freeze>()
  readonly debts = new Map<string, Debt>()
  readonly decisions: (RecordedDecision & { readonly grantId: string })[] = []
  readonly links: IdentityLink[] = []
  readonly accepted = new Map<string, AcceptedPolicy>()
  readonly raised = new Map<string, Alarm>()
  /** When each binding was adopted unasked. */
  readonly adoptedAt = new Map<string, number>()
  reconciledNext: number | undefined
  /** Of looking for lost deliveries: `bornAt`, when somebody looks next, and up to when the list was read. */
  recovered: { bornAt: number; nextAt: number | undefined; readTo: number | undefined } = {
    bornAt: start,
    nextAt: undefined,
    readTo: undefined,
  }
  readonly lost = new Map<string, LostDelivery>()
  /** What `usage` tells. Commits count nothing here. */
  used: Usage = { role: nothingCounted, person: nothingCounted, repository: nothingCounted }
  /** What is recorded under the names that are asked for. */
  named: {
    people: readonly Person[]
    repositories: readonly NamedRepository[]
    role: boolean
  } = { people: [], repositories: [], role: false }
  /** What `lateness` tells of all that ended. */
  late: Lateness | undefined
  /** Every write that was asked for. */
  readonly spent: WriteCost[] = []
  /** Answers `spend`. */
  budget: (cost: WriteCost, now: number) => Spent = () => ({ ok: true })
  /** Called before each commit is looked at: throws what is to go wrong, or changes what it was based on. */
  beforeCommit: (commit: Commit) => void = () => undefined
  /** Called before each renewal: throws what is to go wrong. */
  beforeRenew: (claim: Claim) => void = () => undefined

  async accept(): Promise<never> {
    throw new Error('nothing is taken in here')
  }
  async due() {
    return {
      deliveries: [],
      lanes: [],
      subjects: [],
      grants: [],
      standing: [],
      nextAt: undefined,
    }
  }

  async claim(key: Claim['key'], owner: string, now: number, ttlMs: number) {
    const former = this.claims.get(key)
    if (former?.held === true && former.until > now) return undefined
    const fence = (former?.fence ?? 0) + 1
    const claim = { key, owner, fence, until: now + ttlMs, takenOver: former?.held === true }
    this.claims.set(key, { ...claim, held: true })
    return claim
  }
  async renew(claim: Claim, now: number, ttlMs: number) {
    this.beforeRenew(claim)
    if (!this.#stands(claim, now)) return undefined
    const renewed = { ...claim, until: now + ttlMs }
    this.claims.set(claim.key, { ...renewed, held: true })
    return renewed
  }
  async release(claim: Claim) {
    const kept = this.claims.get(claim.key)
    if (kept?.fence === claim.fence) this.claims.set(claim.key, { ...kept, held: false })
  }
  async abandon(claim: Claim, now: number) {
    const kept = this.claims.get(claim.key)
    if (kept?.fence === claim.fence) this.claims.set(claim.key, { ...kept, until: now })
  }
  async forgetClaims(before: number) {
    for (const [key, { held, until }] of this.claims)
      if (!held && until < before) this.claims.delete(key)
  }
  #stands({ key, fence }: Claim, now: number): boolean {
    const kept = this.claims.get(key)
    return kept?.fence === fence && kept.held && kept.until > now
  }
  #require(claim: Claim | undefined, now: number): void {
    if (claim !== undefined && !this.#stands(claim, now))
      throw new LedgerConflict(`The claim on ${claim.key} ran out`)
  }

  async delivery(id: string) {
    const kept = this.deliveries.get(id)
    return kept?.state === 'pending' ? { ...kept, nextAt: kept.retryAt ?? 0 } : undefined
  }
  async deliveryFailed(id: string, error: string, retryAt: number | null) {
    const kept = this.deliveries.get(id)
    if (kept?.state !== 'pending') return
    const state = retryAt === null ? 'failed' : 'pending'
    this.deliveries.set(id, { ...kept, attempts: kept.attempts + 1, state, retryAt, error })
  }

  async grant(id: string) {
    return this.grants.get(id)
  }
  async grantsOf(key: string) {
    return [...this.grants.values()].filter(
      ({ grant }) => subjectKey(grant.revision.offer.subject) === key,
    )
  }
  async listGrants() {
    return [...this.grants.values()].map(({ grant }) => grant)
  }
  async causeUsed() {
    return false
  }
  async lastPolicyBlob() {
    return undefined
  }
  async log() {
    return []
  }

  async usage() {
    return this.used
  }
  async freezes() {
    return [...this.frozen.values()]
  }
  async peopleNamed() {
    return this.named.people
  }
  async repositoriesNamed() {
    return this.named.repositories
  }
  async isRoleRecorded() {
    return this.named.role
  }
  async debtsOf(personIds: readonly number[]) {
    return [...this.debts.values()].filter(
      ({ personId, requesterId, acknowledged }) =>
        acknowledged === undefined &&
        (personIds.includes(personId) || personIds.includes(requesterId)),
    )
  }
  async debt(code: string) {
    return [...this.debts.values()].find((debt) => debt.code === code)
  }
  async decision(id: string) {
    return this.decisions.filter(({ grantId }) => grantId === id)
  }
  async identityLink(personId: number, cloud: string, account: string) {
    return this.links.find(
      (link) => link.personId === personId && link.cloud === cloud && link.account === account,
    )
  }
  async identityHolder(cloud: string, account: string, principalId: string) {
    return this.links.find(
      (link) =>
        link.principalId === principalId && link.cloud === cloud && link.account === account,
    )
  }
  async acceptedPolicy(where: string) {
    return this.accepted.get(where)
  }
  async hasAct(act: string) {
    return this.acts.has(act)
  }
  async spend(_installationId: number, cost: WriteCost, now: number) {
    this.spent.push(cost)
    return this.budget(cost, now)
  }

  async knownBindings(ids: readonly string[]) {
    return ids.flatMap((id) => {
      const record = this.bindings.get(id)
      if (record === undefined) return []
      const { binding, attemptedAt, certainAt, desired } = record
      const open = desired === 'present' || (attemptedAt !== undefined && certainAt === undefined)
      return [{ id, laneId: binding.laneId, open, certainAt }]
    })
  }
  async givenRoles() {
    return [...this.bindings.values()].map(({ binding }) => binding.role)
  }
  async adoptedSince(since: number) {
    return [...this.adoptedAt.values()].filter((at) => at >= since).length
  }
  async alarms() {
    return [...this.raised.values()]
  }
  async reconcileAt() {
    return this.reconciledNext
  }
  async recovery() {
    return { ...this.recovered, lost: [...this.lost.values()] }
  }
  async received(ids: readonly string[]) {
    return new Set(ids.filter((id) => this.deliveries.has(id)))
  }
  async lane(id: string) {
    const kept = this.lanes.get(id)
    if (kept === undefined) return undefined
    const { lane, dirtyVersion, failures, settledAt } = kept
    const lastError = kept.lastError ?? undefined
    const rows = [...this.grants.values()]
    const all = rows.map(({ grant }) => grant)
    const standingReadAt = new Map(
      rows.map(({ grant, standingCheckedAt }) => [grant.id, standingCheckedAt]),
    )
    const bindings = [...this.bindings.values()]
      .filter(({ binding }) => binding.laneId === id)
      .map((record) => ({ ...record, holders: all.filter(holds(record.binding.id)) }))
    return { lane, dirtyVersion, failures, lastError, settledAt, bindings, standingReadAt }
  }

  async report(key: string) {
    const kept = this.subjects.get(key)
    if (kept === undefined) return undefined
    const grants = (await this.grantsOf(key)).map(({ grant }) => grant)
    const { subject, dirtyVersion, notices, posted, failures } = kept
    const debts = [...this.debts.values()].filter((debt) => subjectKey(debt.subject) === key)
    return { subject, dirtyVersion, grants, notices, debts, posted, failures }
  }
  async posted(
    key: string,
    posted: Posted,
    { claim, now, cleanVersion }: { claim: Claim; now: number; cleanVersion?: number },
  ) {
    this.#require(claim, now)
    const kept = this.subjects.get(key)
    if (kept === undefined) return
    kept.posted = posted
    if (cleanVersion === undefined) return
    Object.assign(kept, { cleanVersion, failures: 0, lastError: null, retryAt: 0 })
  }
  async reportFailed(key: string, error: string, retryAt: number) {
    const kept = this.subjects.get(key)
    if (kept === undefined) return
    Object.assign(kept, { failures: kept.failures + 1, lastError: error, retryAt })
  }
  async reportWaits(key: string, until: number) {
    const kept = this.subjects.get(key)
    if (kept !== undefined) kept.retryAt = until
  }

  async measures(): Promise<never> {
    throw new Error('nothing is measured here')
  }
  async lateness() {
    return { all: this.late, ways: [] }
  }

  async commit(commit: Commit) {
    this.beforeCommit(commit)
    this.#require(commit.claim, commit.now)
    for (const { grant, expectedVersion } of commit.grants ?? [])
      if ((this.grants.get(grant.id)?.grant.version ?? 0) !== expectedVersion)
        throw new LedgerConflict(`Grant ${grant.id} has changed meanwhile`)
    this.#guard(commit)
    this.commits.push(commit)
    this.#keepRest(commit)
    for (const { grant } of commit.grants ?? []) this.#keep(grant, commit.now)
    for (const note of commit.bindings ?? []) this.#note(note)
    for (const { id, version } of commit.standingConfirmed ?? []) {
      const row = this.grants.get(id)
      if (row !== undefined)
        Object.assign(row, { standingCheckedAt: commit.now, standingClean: version })
    }
    if ((commit.questioned ?? []).length > 0)
      for (const row of this.grants.values()) row.standingVersion += 1
    this.#recover(commit.recovery)
    if (commit.lane !== undefined) this.#work(commit.lane)
    if (commit.delivery !== undefined) this.#finish(commit.delivery)
  }
  #recover({ lost = [], ...times }: NonNullable<Commit['recovery']> = {}): void {
    Object.assign(this.recovered, times)
    for (const each of lost) this.lost.set(each.guid, each)
  }
  #guard({ acts = [], unfrozen = [], acceptedPolicy }: Commit): void {
    const known = acts.find((act) => this.acts.has(act))
    if (known !== undefined) throw new ActRepeated(`${known} was carried out already`)
    if (unfrozen.some((what) => isFrozen([...this.frozen.values()], what)))
      throw new LedgerConflict('It is frozen meanwhile')
    if (acceptedPolicy?.replaces === undefined) return
    const { where, replaces } = acceptedPolicy
    if ((this.accepted.get(where)?.blob ?? null) !== replaces)
      throw new LedgerConflict('Another policy has been accepted meanwhile')
  }
  #keepFound({ adopted, alarms, reconcileAt }: Commit, now: number): void {
    for (const { binding, lane, unasked } of adopted ?? []) {
      const former = this.bindings.get(binding.id)
      const kept = this.lanes.get(lane.id)
      if (kept === undefined) this.addLane(lane, [])
      this.bindings.set(binding.id, adoptedRecord(former?.binding ?? binding, now))
      if (unasked) this.adoptedAt.set(binding.id, now)
    }
    for (const alarm of alarms?.raised ?? []) this.raised.set(alarm.id, alarm)
    for (const id of alarms?.over ?? []) this.raised.delete(id)
    if (reconcileAt !== undefined) this.reconciledNext = reconcileAt
  }
  #keepRest(commit: Commit): void {
    const { acts, freezes, debts, decisions, identityLinks, acceptedPolicy, now } = commit

    for (const act of acts ?? []) this.acts.add(act)
    for (const each of freezes ?? [])
      if ('begin' in each) this.frozen.set(each.begin.id, each.begin)
      else this.frozen.delete(each.end)
    for (const debt of debts ?? []) this.debts.set(debt.id, debt)
    for (const decision of decisions ?? []) this.decisions.push({ ...decision, at: now })
    this.links.push(...(identityLinks ?? []))
    this.#keepFound(commit, now)
    if (acceptedPolicy !== undefined) this.accepted.set(acceptedPolicy.where, acceptedPolicy)
  }
  #keep(grant: Grant, now: number): void {
    const former = this.grants.get(grant.id)
    this.grants.set(grant.id, { ...unquestioned, standingCheckedAt: now, ...former, grant })
    for (const { bindingId } of grant.holds) {
      const record = this.bindings.get(bindingId)
      if (record === undefined) continue
      const all = [...this.grants.values()].map((row) => row.grant)
      const { desired, ...until } = desiredOf(bindingId, all)
      this.bindings.set(bindingId, {
        ...record,
        desired,
        binding: { ...record.binding, ...until },
      })
    }
  }
  #note({ id, set }: BindingNote): void {
    const record = this.bindings.get(id)
    if (record === undefined) return
    const values = Object.entries(set).map(([name, value]) => [name, value ?? undefined])
    this.bindings.set(id, { ...record, ...(Object.fromEntries(values) as Partial<BindingRecord>) })
  }
  #work({ id, ...worked }: NonNullable<Commit['lane']>): void {
    const kept = this.lanes.get(id)
    if (kept !== undefined) Object.assign(kept, worked)
  }
  #finish({ id, givenUp, outcome }: NonNullable<Commit['delivery']>): void {
    const kept = this.deliveries.get(id)
    if (kept?.state !== 'pending') throw new LedgerConflict(`Delivery ${id} is done already`)
    const failed = { state: 'failed', attempts: kept.attempts + 1, error: outcome } as const
    this.deliveries.set(id, { ...kept, ...(givenUp === true ? failed : { state: 'done' }) })
  }

  // What tests put in.

  addDelivery(id: string, more: Partial<KeptDelivery> = {}): void {
    const body = new TextEncoder().encode('{"action":"closed"}')
    const rest = { receivedAt: start, subject: undefined, attempts: 0, retryAt: null } as const
    this.deliveries.set(id, { id, event: 'pull_request', body, ...rest, state: 'pending', ...more })
  }
  addGrant(grant: Grant, standingCheckedAt = start): void {
    this.grants.set(grant.id, { ...unquestioned, grant, standingCheckedAt })
  }
  addSubject(subject = someSubject, more: Partial<KeptSubject> = {}): KeptSubject {
    const kept: KeptSubject = {
      subject,
      dirtyVersion: 1,
      cleanVersion: 0,
      failures: 0,
      retryAt: 0,
      lastError: null,
      notices: [],
      posted: nothingPosted,
      ...more,
    }
    this.subjects.set(subjectKey(subject), kept)
    return kept
  }
  addLane(lane: Lane, records: readonly BindingRecord[]): KeptLane {
    const kept: KeptLane = {
      lane,
      dirtyVersion: 1,
      cleanVersion: 0,
      checkAt: null,
      failures: 0,
      lastError: null,
      settledAt: undefined,
    }
    this.lanes.set(lane.id, kept)
    for (const record of records) this.bindings.set(record.binding.id, record)
    return kept
  }
}

const adoptedRecord = (binding: BindingRecord['binding'], now: number): BindingRecord => ({
  binding,
  desired: 'absent',
  attemptedAt: now,
  presentAt: undefined,
  missedAt: undefined,
  removedAt: undefined,
  certainAt: undefined,
  sessionsUntil: undefined,
})
const nothingCounted: Counted = { atOnce: 0, lastEndedAt: undefined, secondsInDay: 0 }

const live: ReadonlySet<Grant['phase']> = new Set(['approved', 'active', 'ending'])
const holds = (bindingId: string) => (grant: Grant) =>
  live.has(grant.phase) && grant.holds.some((hold) => hold.bindingId === bindingId)

// ── GitHub ──────────────────────────────────────────────────────────────────────────────────────────────────────────

export const aRepository: RepositoryFacts = {
  id: someSubject.repositoryId,
  owner: someSubject.owner,
  name: someSubject.repository,
  accountId: someSubject.accountId,
  visibility: 'private',
  archived: false,
  defaultBranch: 'main',
}
export const aPull: PullRequestFacts = {
  kind: 'pull_request',
  state: 'open',
  merged: false,
  draft: false,
  author: { id: 3, login: 'monalisa' },
  labels: [],
  assignees: [],
  headSha: 'a'.repeat(40),
  headRef: 'topic',
  headRepositoryId: someSubject.repositoryId,
  baseRef: 'main',
  baseSha: 'b'.repeat(40),
  requestedReviewers: [octocat],
  requestedTeams: [],
}

/** One subject, its comments and its checks. `calls` are the writes, in order. */
class FakeGitHub implements GitHub {
  readonly calls: string[] = []
  readonly comments = new Map<number, string>()
  readonly checks = new Map<number, CheckRun>()
  readonly issues = new Map<number, { readonly title: string; readonly body: string }>()
  facts: { repository: RepositoryFacts | undefined; pull: SubjectFacts | undefined } = {
    repository: aRepository,
    pull: aPull,
  }
  installed: 'installed' | 'suspended' | 'uninstalled' = 'installed'
  role: RoleName = 'write'
  /** Of those that differ from `role`, by id. */
  readonly roles = new Map<number, RoleName>()
  /** Answers for everybody, by slug. What `members` says of a team goes before. */
  readonly teams = new Map<string, 'member' | 'not-member' | 'unknown'>()
  /** Of teams, by slug. */
  readonly members = new Map<string, readonly Person[]>()
  /** Accounts by id; whoever is not here is a person. */
  readonly accounts = new Map<number, Actor>()
  changed: Awaited<ReturnType<GitHub['changedPaths']>> = { paths: [], truncated: false }
  head: Awaited<ReturnType<GitHub['headPeople']>> = { people: [], unproven: false }
  /** Paths that are there, at every commit. */
  readonly paths = new Set<string>()
  readonly saml = new Map<number, readonly { readonly nameId: string }[]>()
  readonly properties = new Map<string, string>()
  /** What those did who are not here: nothing. */
  readonly reviewed = new Map<number, 'not' | 'commented' | 'verdict'>()
  /** By commit. */
  readonly merges = new Map<string, BroughtBy>()
  /** Of the organization's document, newest first; undefined when they are not to be found. */
  documentCommits: readonly DocumentChanged[] | undefined = []
  /** Of the pull request's head. */
  approvals: readonly Person[] = []
  /** Called before each read and write with its name: throws what is to go wrong. */
  before: (call: string) => void = () => undefined
  /** Called after each write was carried out: what it throws comes in place of the answer. */
  after: (call: string) => void = () => undefined
  #id = 0

  async #write<T>(call: string, work: () => T): Promise<T> {
    this.before(call)
    this.calls.push(call)
    const answer = work()
    this.after(call)
    return answer
  }

  /** Of a repository that is gone nothing can be asked. */
  #there(): void {
    if (this.facts.repository === undefined)
      throw new GitHubError('missing', 'GitHub: the repository is not there any more')
  }

  async installation() {
    this.before('installation')
    return this.installed
  }
  async repository() {
    this.before('repository')
    return this.facts.repository
  }
  async current() {
    this.before('current')
    return this.facts.pull
  }
  async changedPaths() {
    this.before('changedPaths')
    return this.changed
  }
  async roleOf(_subject: Subject, person: Person): Promise<RoleName> {
    this.before('roleOf')
    this.#there()
    return this.roles.get(person.id) ?? this.role
  }
  async account(_subject: Subject, id: number): Promise<Actor> {
    this.before('account')
    const login = id === octocat.id ? octocat.login : `user-${id}`
    return this.accounts.get(id) ?? { id, login, type: 'User' }
  }
  async teamMembership(_subject: Subject, slug: string, person: Person) {
    this.before('teamMembership')
    this.#there()
    const members = this.members.get(slug)
    if (members === undefined) return this.teams.get(slug) ?? 'not-member'
    return members.some(({ id }) => id === person.id) ? 'member' : 'not-member'
  }
  async reviewedSince(_subject: Subject, person: Person) {
    this.before('reviewedSince')
    return this.reviewed.get(person.id) ?? ('not' as const)
  }
  async teamMembers(_subject: Subject, slug: string) {
    this.before('teamMembers')
    this.#there()
    return this.members.get(slug)
  }
  async headPeople() {
    this.before('headPeople')
    return this.head
  }
  async existsAt(_subject: Subject, _sha: string, path: string) {
    this.before('existsAt')
    return this.paths.has(path)
  }
  async samlIdentities(_subject: Subject, person: Person) {
    this.before('samlIdentities')
    return this.saml.get(person.id) ?? []
  }
  async property(_subject: Subject, name: string) {
    this.before('property')
    return this.properties.get(name)
  }
  async documentChanges() {
    this.before('documentChanges')
    return this.documentCommits
  }
  async mergedBy(_place: unknown, commit: string) {
    this.before('mergedBy')
    return this.merges.get(commit)
  }
  async approvalsOf() {
    this.before('approvalsOf')
    return this.approvals
  }
  react(_subject: Subject, commentId: number, reaction: Reaction) {
    return this.#write(`react ${commentId} ${reaction}`, () => undefined)
  }
  createIssue(_subject: Subject, issue: { readonly title: string; readonly body: string }) {
    return this.#write('createIssue', () => {
      this.issues.set((this.#id += 1), issue)
      return this.#id
    })
  }
  async findIssue(_subject: Subject, marker: string) {
    this.before('findIssue')
    return [...this.issues].findLast(([, { body }]) => body.includes(marker))?.[0]
  }
  createComment(_subject: Subject, body: string) {
    return this.#write('createComment', () => {
      this.comments.set((this.#id += 1), body)
      return this.#id
    })
  }
  updateComment(_subject: Subject, id: number, body: string) {
    return this.#write(`updateComment ${id}`, () => {
      if (!this.comments.has(id)) return 'missing' as const
      this.comments.set(id, body)
      return 'updated' as const
    })
  }
  async findComment(_subject: Subject, marker: string) {
    this.before('findComment')
    const found = [...this.comments].find(([, body]) => body.includes(marker))
    return found && { id: found[0], body: found[1] }
  }
  createCheck(_subject: Subject, check: CheckRun) {
    return this.#write('createCheck', () => {
      this.checks.set((this.#id += 1), check)
      return this.#id
    })
  }
  updateCheck(_subject: Subject, id: number, check: CheckRun) {
    return this.#write(`updateCheck ${id}`, () => {
      const former = this.checks.get(id)
      if (former === undefined) throw new Error(`There is no check run ${id}`)
      if (former.status === 'completed' && check.status !== 'completed')
        throw new Error(`The check run ${id} is completed: nothing reopens it`)
      if (former.headSha !== check.headSha) throw new Error(`The check run ${id} is elsewhere`)
      this.checks.set(id, check)
    })
  }
  async findCheck(_subject: Subject, headSha: string, name: string, about: string) {
    this.before('findCheck')
    const found = [...this.checks].findLast(
      ([, check]) =>
        check.headSha === headSha && check.name === name && check.externalId.startsWith(about),
    )
    if (found === undefined) return undefined
    const [id, { externalId, status, conclusion }] = found
    const asks = conclusion === 'action_required'
    return { id, externalId, completed: status === 'completed', asks }
  }
}

// ── who is on call ──────────────────────────────────────────────────────────────────────────────────────────────────

class FakeOnCall implements OnCall {
  answer: readonly number[] | 'down' = []

  async who() {
    return this.answer
  }
}

// ── a cloud ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Bindings by id, as they stand. `calls` are the changes that were asked for, such as `put b-1`. */
class FakeCloud implements Cloud {
  readonly name = 'aws'
  readonly lagMs = 1_000
  readonly enforcementMs = 1_000
  readonly changesAtOnce: number = 1
  readonly calls: string[] = []
  readonly standingThere = new Set<string>()
  /** What somebody changed of what stands. */
  readonly changed = new Set<string>()
  /** Acknowledges removals and does not carry them out. */
  stubborn = false
  principal: Observation['principal'] = 'same'
  resolved: Awaited<ReturnType<Cloud['resolve']>> = { ok: false, why: 'Nobody is known here.' }
  /** Called before each call with its name: throws what is to go wrong. */
  before: (call: string) => void = () => undefined
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  #evidence() {
    return { requestId: 'r-1', cloudAt: Math.floor(this.#now() / 1000) * 1000 }
  }
  async resolve() {
    this.before('resolve')
    return this.resolved
  }
  async standing() {
    return false
  }
  async observe(_lane: Lane, bindings: readonly { readonly id: string }[]): Promise<Observation> {
    this.before('observe')
    const evidence = this.#evidence()
    const seen = bindings.map(({ id }): [string, ObservedBinding] => [
      id,
      {
        state: this.#stateOf(id),
        evidence,
      },
    ])
    return { principal: this.principal, bindings: new Map(seen), evidence }
  }
  /** What is found, by place; a place that is not here is not to be listed. */
  readonly places = new Map<string, readonly Found[]>()
  shortcomings: readonly Shortcoming[] = []
  async list(place: Place): Promise<Listing> {
    this.before(`list ${placeId(place)}`)
    const found = this.places.get(placeId(place))
    if (found === undefined) throw new CloudError('missing', 'There is no such place.')
    return { found, evidence: this.#evidence() }
  }
  async examine() {
    return this.shortcomings
  }
  #stateOf(id: string): ObservedBinding['state'] {
    if (this.principal !== 'same' || !this.standingThere.has(id)) return 'absent'
    return this.changed.has(id) ? 'different' : 'present'
  }
  async apply(_lane: Lane, changes: readonly Change[]) {
    return new Map(changes.map((change) => [change.binding.id, this.#applied(change)]))
  }
  #applied(change: Change): Applied {
    try {
      return { ok: true, evidence: this.#change(change) }
    } catch (error) {
      if (!(error instanceof CloudError)) throw error
      return { ok: false, error }
    }
  }
  #change(change: Change) {
    const call = `${change.do} ${change.binding.id}`
    this.calls.push(call)
    this.before(call)
    this.changed.delete(change.binding.id)
    if (change.do === 'put') this.standingThere.add(change.binding.id)
    else if (!this.stubborn) this.standingThere.delete(change.binding.id)
    return this.#evidence()
  }
}

// ── all of it ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** What workflows are handed, with every part within reach of the test. */
export function fakeDeps(more: { readonly clock?: Deps['clock'] } = {}) {
  const turned = fakeClock()
  const clock = more.clock ?? turned
  const log = fakeLog()
  const ledger = new FakeLedger()
  const github = new FakeGitHub()
  const onCall = new FakeOnCall()
  const cloud = new FakeCloud(() => clock.now())
  const nudges: Work[] = []
  const stop = new AbortController()
  /** `catalog` is the organization's part, where a test reads it apart. */
  const policy: { reading: PolicyReading | Error; catalog?: PolicyReading } = {
    reading: { kind: 'missing', where: 'policy.yml', why: 'There is no such file.' },
  }
  const nowhere = {
    read: async () => ({ kind: 'missing', where: 'nowhere', why: 'Not here.' }) as const,
  }
  /** The organization's document, where a test has one. */
  const document: { text?: string } = {}
  const documents: Deps['documents'] = {
    pinned: undefined,
    organization: {
      read: async () =>
        document.text === undefined
          ? nowhere.read()
          : {
              kind: 'document',
              source: { where: 'policy.yml', commit: undefined, blob: 'b' },
              text: document.text,
            },
    },
    repository: nowhere,
    at: nowhere.read,
  }
  const readPolicy = async () => {
    if (policy.reading instanceof Error) throw policy.reading
    return policy.reading
  }
  const deps: Deps = {
    ledger,
    clock,
    random: { grantId: () => 'new-grant', code: () => 'AAAA-AAAA', instanceId: () => 'newone00' },
    log,
    queue: { nudge: (work) => void nudges.push(work) },
    github,
    onCall,
    policy: { read: readPolicy, readCatalog: async () => policy.catalog ?? readPolicy() },
    documents,
    clouds: new Map([['aws', cloud]]),
    accounts: new Set([someSubject.accountId]),
    owner: 'this-process',
    stopping: stop.signal,
    timing: defaultTiming,
  }
  return {
    deps,
    turn: turned.turn,
    log,
    ledger,
    github,
    onCall,
    cloud,
    nudges,
    policy,
    document,
    stop,
  }
}
