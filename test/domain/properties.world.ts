// A small world to break the rules in: a ledger, a cloud whose reads lag and whose clock is off, workers that die anywhere.
import { apply } from '../../src/domain/grants/apply.ts'
import { extensionOf } from '../../src/domain/grants/extension.ts'
import { freezableOf, freezingOf, isFrozen } from '../../src/domain/grants/freeze.ts'
import type { Freeze, FreezeScope } from '../../src/domain/grants/freeze.ts'
import { dueAt, isLive, waitingOf } from '../../src/domain/grants/phases.ts'
import { revisionOf } from '../../src/domain/grants/revision.ts'
import type { Grant, GrantCommand, GrantEvent, Live, Offer } from '../../src/domain/grants/types.ts'
import { bindingIdsOf, bindingsOf } from '../../src/domain/lanes/bindings-of.ts'
import { desiredOf } from '../../src/domain/lanes/desired-of.ts'
import { isOverInLane } from '../../src/domain/lanes/is-over.ts'
import { needsObservation, planLane } from '../../src/domain/lanes/plan.ts'
import type {
  Binding,
  BindingNote,
  BindingRecord,
  Change,
  LaneVerdict,
  Observation,
} from '../../src/domain/lanes/types.ts'
import { encodeEvent, genesis } from '../../src/domain/log/encode.ts'
import type { LoggedEvent, NewEvent } from '../../src/domain/log/types.ts'
import {
  assume,
  inline,
  instance,
  offer,
  principal,
  second,
  staged,
  start,
} from './grants.fixtures.ts'

export const lagMs = 10 * second
/** For how long a call of a dead worker may still be under way. */
const settleMs = 15 * second
const residualMs = 900 * second

/** 1 receives, 3 asks, 2 is a bot, 5 may have written the head, 6 may approve nothing. */
export const separated = [1, 3]
export const bots = [2]
export const writers = [5]
export const nobody = [6, 9]
/** The stages that name a person; whoever is not here is named in the first two. */
const stagesOf: Readonly<Record<number, readonly number[]>> = { 6: [], 7: [0], 8: [1], 9: [2] }
/** How many have to say yes, one stage after the other. */
export type Quorum = readonly number[]
/** Grants of this cause have a commit that nobody can be resolved for. */
const unprovenCause = 3

export type Modes = 'assume' | 'inline' | 'both'

export type Act =
  | {
      readonly do: 'ask'
      readonly cause: number
      readonly quorum: Quorum
      readonly modes: Modes
    }
  | { readonly do: 'ask-twice-at-once'; readonly cause: number }
  /** `back`: by the code that was shown so many codes ago. */
  | { readonly do: 'approve'; readonly which: number; readonly by: number; readonly back: number }
  | {
      readonly do: 'approve-at-once'
      readonly which: number
      readonly by: number
      readonly and: number
    }
  | { readonly do: 'revise' | 'withdraw' | 'deny' | 'revoke' | 'again'; readonly which: number }
  | { readonly do: 'extend'; readonly which: number; readonly bySeconds: number }
  | { readonly do: 'freeze'; readonly scope: FreezeScope }
  | { readonly do: 'unfreeze' }
  | { readonly do: 'tick' }
  | { readonly do: 'pass'; readonly ms: number }
  /** To around the next instant at which something is due. */
  | { readonly do: 'pass-to-due'; readonly offsetMs: number }
  | { readonly do: 'work'; readonly reads: readonly number[]; readonly dies: Death }
  | {
      readonly do: 'outside'
      readonly which: number
      readonly what: 'remove' | 'change' | 'delete-user' | 'rename-user'
    }
/** `before`: noted, not called. `late`: the call arrives after a while. `after`: it was done, and not recorded. */
export type Death = 'no' | 'before' | 'late' | 'after'

interface Stood {
  readonly from: number
  readonly to: number | undefined
  readonly binding: Binding | 'foreign'
  readonly changed: boolean
}
interface Row {
  readonly binding: Binding
  readonly grantId: string
  set: Record<keyof BindingNote['set'], number | undefined>
}
interface Kept {
  readonly grant: Grant
  readonly events: readonly { readonly event: GrantEvent; readonly at: number }[]
}

export class World {
  now = start
  readonly grants = new Map<string, Kept>()
  readonly causes = new Map<string, string>()
  readonly rows = new Map<string, Row>()
  /** What enters the log, in order. */
  private readonly entries: (NewEvent & { readonly at: number })[] = []
  readonly values = new Map<string, string>()
  freezes: readonly Freeze[] = []
  /** What approvers wrote. */
  readonly named: { readonly id: string; readonly by: number; readonly code: string }[] = []
  /** All that ever stood in the cloud under a name, in order. */
  readonly stood = new Map<string, readonly Stood[]>()
  /** Calls of ours, with the grant as it was when they arrived. */
  readonly calls: {
    readonly at: number
    readonly change: Change
    readonly grant: Grant | undefined
    readonly onForeign: boolean
    readonly late: boolean
  }[] = []
  private late: { readonly at: number; readonly change: Change }[] = []
  /** Nobody has the name from then on. */
  private userGoneAt: number | undefined
  private settledAt = 0
  private readonly lines: LoggedEvent[] = []
  private salts = 0
  private codes = 0
  private readonly shown = new Map<string, string[]>()
  private readonly commands: (readonly [string, GrantCommand])[] = []
  private readonly skewMs: number
  private readonly foreign: ReadonlySet<number>

  /** The cloud's clock is `skewMs` ahead. Grants of the causes in `foreign` find their name taken. */
  constructor(skewMs: number, foreign: readonly number[]) {
    this.skewMs = skewMs
    this.foreign = new Set(foreign)
  }

  get cloudNow(): number {
    return this.now + this.skewMs
  }

  act(act: Act): void {
    switch (act.do) {
      case 'ask':
        return this.ask(act.cause, act.quorum, act.modes)
      case 'ask-twice-at-once': {
        const both = [
          this.newGrant(act.cause, [], 'assume', 'a'),
          this.newGrant(act.cause, [], 'assume', 'b'),
        ]
        return both.forEach((command) => this.insert(act.cause, command))
      }
      case 'approve':
        return this.command(act.which, (grant) => this.approval(grant, act.by, act.back))
      case 'approve-at-once':
        return this.approveAtOnce(act.which, [act.by, act.and])
      case 'revise':
        return this.command(act.which, (grant) => this.revision(grant))
      case 'withdraw':
        return this.command(act.which, () => ({
          type: 'withdraw',
          by: { kind: 'person', person: person(3) },
        }))
      case 'deny':
        return this.command(act.which, (grant) => ({
          type: 'deny',
          code: this.codeOf(grant, 0),
          by: person(4),
          isBot: false,
          stages: [0],
          writesHead: false,
          because: undefined,
        }))
      case 'revoke':
        return this.command(act.which, () => ({ type: 'end', reason: 'revoked', by: hallpass }))
      case 'again':
        return this.again(act.which)
      case 'extend':
        return this.command(act.which, (grant) => this.extension(grant, act.bySeconds))
      case 'freeze':
        return this.freeze(act.scope)
      case 'unfreeze':
        this.freezes = []
        return undefined
      case 'tick':
        for (const id of this.grants.keys()) this.take(id, { type: 'tick' })
        return undefined
      case 'pass':
        return this.pass(act.ms)
      case 'pass-to-due':
        return this.passToDue(act.offsetMs)
      case 'work':
        return this.work(act.reads, act.dies)
      case 'outside':
        return this.outside(act.which, act.what)
      default:
        return act satisfies never
    }
  }

  // ── the ledger ────────────────────────────────────────────────────────────────────────────────

  record(id: string): BindingRecord | undefined {
    const row = this.rows.get(id)
    if (row === undefined) return undefined
    const { desired } = desiredOf(
      id,
      [...this.grants.values()].map(({ grant }) => grant),
    )
    return { binding: row.binding, desired, ...row.set }
  }

  private ask(cause: number, quorum: Quorum, modes: Modes): void {
    this.insert(cause, this.newGrant(cause, quorum, modes, ''))
  }

  private newGrant(cause: number, quorum: Quorum, modes: Modes, suffix: string): GrantCommand {
    const id = `grant${cause}${suffix}`
    const of: Offer = {
      ...offer,
      cause: `cause-${cause}`,
      separated,
      separationUnproven: cause === unprovenCause,
      role: cause === 4 ? 'another' : offer.role,
      leaseSeconds: 600 + cause,
      residualSeconds: residualMs / second,
      bindings: rolesOf[modes].map((role) => ({ role, principal })),
      approval: quorum.length === 0 ? 'none' : staged(...quorum),
    }
    const bindingIds = bindingIdsOf(of, id, instance)
    return {
      type: 'request',
      id,
      revision: revisionOf(of, 1, this.newCode(id)),
      lapseSeconds: 3600,
      bindingIds,
    }
  }

  /** The ledger's uniqueness of causes: whoever commits second finds it used. */
  private insert(cause: number, command: GrantCommand): void {
    if (command.type !== 'request') return
    const { offer: of } = command.revision
    const key = `${of.cause}/${of.role}/${of.recipient.id}`
    if (this.causes.has(key)) return
    this.causes.set(key, command.id)
    if (this.foreign.has(cause)) {
      // One looks like what we would make, the other does not.
      for (const name of command.bindingIds)
        this.stand(name, 'foreign', start - lagMs - 1, cause === 0)
    }
    this.take(command.id, command)
  }

  private newCode(id: string): string {
    const code = `code-${++this.codes}`
    this.shown.set(id, [...(this.shown.get(id) ?? []), code])
    return code
  }

  /** The one that is shown, or one that was shown before. */
  private codeOf(grant: Grant, back: number): string {
    const current = waitingOf(grant)?.revision.code
    return back === 0 && current !== undefined
      ? current
      : (this.shown.get(grant.id)?.at(-1 - back) ?? 'none')
  }

  private approval(grant: Grant, by: number, back: number): GrantCommand {
    const code = this.codeOf(grant, back)
    this.named.push({ id: grant.id, by, code })
    return {
      type: 'approve',
      code,
      by: person(by),
      isBot: bots.includes(by),
      stages: stagesOf[by] ?? [0, 1],
      writesHead: writers.includes(by),
    }
  }

  private revision(grant: Grant): GrantCommand {
    const { number, offer: of } = grant.revision
    const next = { ...of, leaseSeconds: of.leaseSeconds - 1 }
    return { type: 'revise', revision: revisionOf(next, number + 1, this.newCode(grant.id)) }
  }

  private extension(grant: Grant, bySeconds: number): GrantCommand {
    const { offer: of } = grant.revision
    const { number } = waitingOf(grant)?.revision ?? grant.revision
    const offered = { ...of, cause: 'command', leaseSeconds: of.leaseSeconds + bySeconds }
    const code = this.newCode(grant.id)
    const next = revisionOf(extensionOf(grant, offered), number + 1, code)
    return { type: 'extend', revision: next, lapseSeconds: 400 }
  }

  private freeze(scope: FreezeScope): void {
    const freeze: Freeze = { id: 'f', scope, by: hallpass, at: this.now, because: 'a drill' }
    this.freezes = [...this.freezes, freeze]
    this.enter({ stream: 'instance', event: { type: 'freeze.began', freeze } })
    for (const [id, { grant }] of this.grants) {
      const command = freezingOf(freeze, grant)
      if (command !== undefined) this.take(id, command)
    }
  }

  private nth(which: number): string | undefined {
    return [...this.grants.keys()][which % Math.max(1, this.grants.size)]
  }

  private command(which: number, make: (grant: Grant) => GrantCommand): void {
    const id = this.nth(which)
    const grant = id === undefined ? undefined : this.grants.get(id)?.grant
    if (id === undefined || grant === undefined) return
    const command = make(grant)
    this.commands.push([id, command])
    this.take(id, command)
  }

  private again(which: number): void {
    const former = this.commands[which % Math.max(1, this.commands.length)]
    if (former !== undefined) this.take(...former)
  }

  /** Both decide on what they read before either committed; the second one's version is stale, so it decides anew. */
  private approveAtOnce(which: number, by: readonly number[]): void {
    const id = this.nth(which)
    const read = id === undefined ? undefined : this.grants.get(id)?.grant
    if (id === undefined || read === undefined) return
    for (const who of by) {
      if (!this.take(id, this.approval(read, who, 0), read)) {
        this.take(id, this.approval(read, who, 0))
      }
    }
  }

  /** False when the version it was decided on is not the current one. */
  private take(id: string, command: GrantCommand, read = this.grants.get(id)?.grant): boolean {
    const kept = this.grants.get(id)
    if (kept?.grant.version !== read?.version) return false
    if (this.isBarred(command, read)) return true
    const result = apply(command, read, this.now)
    if (result.kind === 'refused') return true
    const events = result.events.map((event) => ({ event, at: this.now }))
    this.grants.set(id, { grant: result.grant, events: [...(kept?.events ?? []), ...events] })
    for (const event of result.events) this.enter({ stream: `grant:${id}`, event })
    if (result.events.some(({ type }) => type === 'grant.approved')) this.addBindings(result.grant)
    this.moveDeadlines(result.grant)
    return true
  }

  /** The ledger's guard: nothing begins, and nothing is prolonged, that is frozen. */
  private isBarred(command: GrantCommand, read: Grant | undefined): boolean {
    if (command.type === 'request') {
      const { recipient, role, subject } = command.revision.offer
      const what = { recipientId: recipient.id, role, repositoryId: subject.repositoryId }
      return isFrozen(this.freezes, what)
    }
    if (command.type !== 'approve' && command.type !== 'extend') return false
    return read !== undefined && isFrozen(this.freezes, freezableOf(read.revision.offer))
  }

  private enter(event: NewEvent): void {
    this.entries.push({ ...event, at: this.now })
  }

  /** The log's lines up to now. */
  log(): readonly LoggedEvent[] {
    for (const { stream, event, at } of this.entries.slice(this.lines.length)) {
      const last = this.lines.at(-1) ?? genesis
      const { line, personal } = encodeEvent({
        position: last.position + 1,
        at,
        stream,
        version: 1,
        previous: last.hash,
        event,
        salts: () => (++this.salts).toString(16).padStart(32, '0'),
      })
      this.lines.push(line)
      for (const { commitment, value } of personal) this.values.set(commitment, value)
    }
    return this.lines
  }

  private addBindings(grant: Grant): void {
    if (grant.phase !== 'approved') return
    const { revision, id, approvedAt, endsAt } = grant
    for (const binding of bindingsOf(revision.offer, id, instance, approvedAt, endsAt)) {
      this.rows.set(binding.id, { binding, grantId: id, set: { ...unset } })
    }
  }

  /** As the ledger derives it: the latest end among those that hold it. */
  private moveDeadlines(grant: Grant): void {
    for (const { bindingId } of grant.holds) {
      const row = this.rows.get(bindingId)
      const desire = desiredOf(bindingId, [grant])
      if (row === undefined || desire.desired === 'absent') continue
      this.rows.set(bindingId, { ...row, binding: { ...row.binding, endsAt: desire.endsAt } })
    }
  }

  // ── the worker ────────────────────────────────────────────────────────────────────────────────

  private work(reads: readonly number[], dies: Death): void {
    for (const agoMs of reads) {
      const records = [...this.rows.keys()].flatMap((id) => this.record(id) ?? [])
      const observation = needsObservation(records) ? this.observe(records, agoMs) : undefined
      const plan = planLane({
        bindings: records,
        observation,
        now: this.now,
        lagMs,
        settledAt: this.settledAt,
      })
      this.note(plan.notes)
      for (const verdict of plan.verdicts) this.tell(verdict, plan.verdicts)
      for (const change of plan.changes) if (!this.carryOut(change, dies)) return
      if (plan.changes.length === 0) return
    }
  }

  /** False when the worker died over it: whoever comes next takes the lane over. */
  private carryOut(change: Change, dies: Death): boolean {
    if (dies !== 'no') this.settledAt = this.now + settleMs
    if (dies === 'before') return false
    if (dies === 'late') {
      this.late.push({ at: this.now + settleMs, change })
      return false
    }
    this.change(change)
    if (dies === 'after') return false
    if (change.do === 'remove') this.note([{ id: change.binding.id, set: { removedAt: this.now } }])
    return true
  }

  private note(notes: readonly BindingNote[]): void {
    for (const { id, set } of notes) {
      const row = this.rows.get(id)
      if (row === undefined) continue
      const cleaned = Object.entries(set).map(([key, value]) => [key, value ?? undefined])
      row.set = { ...row.set, ...(Object.fromEntries(cleaned) as Row['set']) }
    }
  }

  private tell(verdict: LaneVerdict, all: readonly LaneVerdict[]): void {
    const id = this.rows.get(verdict.bindingId)?.grantId
    const grant = id === undefined ? undefined : this.grants.get(id)?.grant
    const command = commandOf(verdict)
    if (grant === undefined || command === undefined) return
    if (command.type === 'conclude' && !isOverInLane(grant, [...this.rows.values()], all)) return
    this.take(grant.id, command)
  }

  // ── the cloud ─────────────────────────────────────────────────────────────────────────────────

  private observe(records: readonly BindingRecord[], agoMs: number): Observation {
    const at = this.now - Math.min(agoMs, lagMs)
    const cloudAt = Math.floor(this.cloudNow / second) * second
    const evidence = { requestId: undefined, cloudAt }
    const gone = this.userGoneAt !== undefined && this.userGoneAt <= at
    const bindings = records.map(({ binding }) => {
      const found = gone ? undefined : this.standingAt(binding.name, at)
      const same =
        found?.changed !== true &&
        (found?.binding === 'foreign' || found?.binding.endsAt === binding.endsAt)
      const state = found === undefined ? 'absent' : same ? 'present' : 'different'
      return [binding.id, { state, evidence }] as const
    })
    return { principal: gone ? 'missing' : 'same', bindings: new Map(bindings), evidence }
  }

  standingAt(name: string, at: number): Stood | undefined {
    return this.stood
      .get(name)
      ?.findLast(({ from, to }) => from <= at && (to === undefined || at < to))
  }

  private change(change: Change, late = false): void {
    const { do: act, binding } = change
    const grant = this.grants.get(this.rows.get(binding.id)?.grantId ?? '')?.grant
    const onForeign = this.standingAt(binding.name, this.now)?.binding === 'foreign'
    this.calls.push({ at: this.now, change, grant, onForeign, late })
    if (this.userGoneAt !== undefined) return undefined
    if (act === 'remove') return this.fall(binding.name)
    this.fall(binding.name)
    return this.stand(binding.name, binding, this.now)
  }

  private stand(name: string, binding: Binding | 'foreign', from: number, changed = false): void {
    const before = this.stood.get(name) ?? []
    this.stood.set(name, [...before, { from, to: undefined, binding, changed }])
  }

  private fall(name: string): void {
    const all = this.stood.get(name) ?? []
    this.stood.set(
      name,
      all.map((each) => ({ ...each, to: each.to ?? this.now })),
    )
  }

  private outside(which: number, what: Extract<Act, { do: 'outside' }>['what']): void {
    const names = [...this.rows.keys()]
    const name = names[which % Math.max(1, names.length)]
    if (what === 'rename-user') {
      this.userGoneAt ??= this.now
      return undefined
    }
    if (what === 'delete-user') {
      this.userGoneAt ??= this.now
      return names.forEach((each) => this.fall(each))
    }
    const found = name === undefined ? undefined : this.standingAt(name, this.now)
    if (name === undefined || found === undefined || found.binding === 'foreign') return undefined
    this.fall(name)
    return what === 'change' ? this.stand(name, found.binding, this.now, true) : undefined
  }

  private passToDue(offsetMs: number): void {
    const due = [...this.rows.values()].flatMap(({ binding, set }) => [
      binding.endsAt,
      binding.endsAt - this.skewMs,
      (set.removedAt ?? 0) + lagMs,
      (set.missedAt ?? 0) + lagMs,
      set.sessionsUntil ?? 0,
      (set.sessionsUntil ?? 0) - this.skewMs,
    ])
    const decided = [...this.grants.values()].flatMap(({ grant }) => dueAt(grant) ?? [])
    const settled = [this.settledAt, this.settledAt + lagMs]
    const next = [...due, ...decided, ...settled]
      .map((at) => at + offsetMs)
      .filter((at) => at > this.now)
    if (next.length > 0) this.pass(Math.min(...next) - this.now)
  }

  private pass(ms: number): void {
    const until = this.now + ms
    for (const { at, change } of this.late.filter((each) => each.at <= until)) {
      this.now = Math.max(this.now, at)
      this.change(change, true)
    }
    this.late = this.late.filter((each) => each.at > until)
    this.now = until
  }

  /** Until when, on the cloud's clock, a session opened under this name can run, now or later. Undefined: none ever could. */
  sessionsUntil(name: string): number | undefined {
    const ends = (this.stood.get(name) ?? []).flatMap(({ from, to, binding }) => {
      if (binding === 'foreign') return []
      const enforcedUntil = to === undefined ? Infinity : to + lagMs + this.skewMs
      const lastBegin = Math.min(enforcedUntil, binding.endsAt)
      if (lastBegin < from + this.skewMs) return []
      return [lastBegin + binding.residualSeconds * second]
    })
    return ends.length === 0 ? undefined : Math.max(...ends)
  }

  /** Nobody dies any more and nobody acts: time passes, and the sweep does its rounds. */
  settle(): void {
    for (let round = 0; round < 60; round++) {
      this.act({ do: 'tick' })
      this.act({ do: 'work', reads: [0, 0, 0], dies: 'no' })
      this.act({ do: 'pass', ms: round < 40 ? lagMs : 3600 * second })
    }
  }

  live(): readonly Live[] {
    return [...this.grants.values()].map(({ grant }) => grant).filter(isLive)
  }
}

const rolesOf = { assume: [assume], inline: [inline], both: [inline, assume] } as const
const hallpass = { kind: 'hallpass' } as const
const person = (id: number) => ({ id, login: `person-${id}` })
const unset = {
  attemptedAt: undefined,
  presentAt: undefined,
  missedAt: undefined,
  removedAt: undefined,
  certainAt: undefined,
  sessionsUntil: undefined,
  sessionsEndedAt: undefined,
  standsUntil: undefined,
  standsSince: undefined,
}

function commandOf(verdict: LaneVerdict): GrantCommand | undefined {
  const { bindingId } = verdict
  switch (verdict.kind) {
    case 'present':
      return { type: 'observe-present', bindingId }
    case 'drifted':
      return { type: 'drift', bindingId }
    case 'missing':
      return { type: 'end', reason: verdict.reason, by: hallpass }
    case 'foreign':
      return { type: 'end', reason: 'could-not-be-given', by: hallpass }
    case 'gone': {
      const { removedAt, certainAt, sessionsUntil } = verdict
      return { type: 'observe-gone', bindingId, removedAt, certainAt, sessionsUntil, heldBy: [] }
    }
    case 'over':
      return { type: 'conclude', cloudAt: verdict.cloudAt }
    case 'unreachable':
      return { type: 'trouble', because: verdict.why }
    case 'lingers':
      return undefined
    default:
      return verdict satisfies never
  }
}
