import { describe, expect, it, vi } from 'vitest'
import { apply } from '../../src/domain/grants/apply.ts'
import type { Grant, GrantCommand, Offer } from '../../src/domain/grants/types.ts'
import { CloudError, GitHubError, type CloudErrorKind } from '../../src/domain/errors.ts'
import { bindingsOf } from '../../src/domain/lanes/bindings-of.ts'
import { laneOf } from '../../src/domain/lanes/lane-of.ts'
import type { BindingRecord, CloudRole, Lane } from '../../src/domain/lanes/types.ts'
import type { CallGuard } from '../../src/workflows/ports.ts'
import { convergeLane } from '../../src/workflows/converge-lane.ts'
import {
  assume,
  grantAfter,
  inline,
  instance,
  minute,
  offer,
  principal,
  request,
  revoke,
  start,
} from '../domain/grants.fixtures.ts'
import { policyOf } from '../domain/policy.world.ts'
import { fakeDeps } from '../support/fakes.ts'

const lane = laneOf({ role: inline, principal })
/** Nothing outlives the lease of this one. */
const inlineOffer: Offer = { ...offer, bindings: [{ role: inline, principal }], residualSeconds: 0 }
const one = `hallpass-${instance}-one`
const two = `hallpass-${instance}-two`

function recordsOf(grant: Grant): readonly BindingRecord[] {
  if (grant.phase !== 'approved') throw new Error(`the grant is ${grant.phase}`)
  const { approvedAt, endsAt } = grant
  const bindings = bindingsOf(grant.revision.offer, grant.id, instance, approvedAt, endsAt)
  const untold = { presentAt: undefined, missedAt: undefined, removedAt: undefined }
  const rest = { certainAt: undefined, sessionsUntil: undefined }
  return bindings.map((binding) => ({
    binding,
    desired: 'present',
    attemptedAt: undefined,
    ...untold,
    ...rest,
  }))
}

function recordOf(grant: Grant): BindingRecord {
  const [record] = recordsOf(grant)
  if (record === undefined) throw new Error('the grant has no binding')
  return record
}

/** A lane with a grant of each of these offers, just approved, and nothing in the cloud. */
function world(offers: Readonly<Record<string, Offer>> = { one: inlineOffer }, of: Lane = lane) {
  const made = fakeDeps()
  const { ledger, deps, turn } = made
  const grants = Object.entries(offers).map(([id, of]) => grantAfter([request(of, { id }), start]))
  grants.forEach((grant) => ledger.addGrant(grant))
  const kept = ledger.addLane(of, grants.flatMap(recordsOf))
  const grant = (id: string) => {
    const row = ledger.grants.get(id)
    if (row === undefined) throw new Error(`there is no grant ${id}`)
    return row.grant
  }
  const command = (id: string, what: GrantCommand) => {
    const result = apply(what, grant(id), deps.clock.now())
    if (result.kind === 'refused') throw new Error(result.reason)
    const { expectedVersion } = { expectedVersion: grant(id).version }
    const change = { grant: result.grant, expectedVersion, events: result.events }
    return ledger.commit({ now: deps.clock.now(), grants: [change] })
  }
  const all = { ...deps, clouds: new Map(deps.clouds).set(of.cloud, made.cloud) }
  const converge = () => convergeLane(all, of.id)
  /** Works on the lane whenever it asks to be looked at, `times` times. */
  const onwards = async (times: number) => {
    for (let time = 0; time < times; time += 1) {
      turn(Math.max((kept.checkAt ?? 0) - deps.clock.now(), 0))
      await converge()
    }
  }
  return { ...made, kept, grant, command, converge, onwards }
}

const failing = (kind: CloudErrorKind, which: string) => (call: string) => {
  if (call.startsWith(which)) throw new CloudError(kind, `AWS: ${kind}`)
}
const nothing = () => undefined

describe('a cloud that takes a call and never answers', () => {
  const silent = (...asked: readonly unknown[]) =>
    new Promise<never>((_, reject) => {
      const { signal } = asked[2] as CallGuard
      signal.addEventListener('abort', () => reject(new Error('Request aborted')))
    })

  it.each(['observe', 'apply'] as const)(
    'is not waited for when it is asked to %s: the lane is given back and tried again, and the late call may still arrive',
    async (method) => {
      const { deps, cloud, kept, ledger, grant, onwards } = world()
      vi.spyOn(cloud, method).mockImplementationOnce(silent)
      await convergeLane({ ...deps, timing: { ...deps.timing, cloudCallMs: 5 } }, lane.id)
      expect(kept).toMatchObject({
        failures: 1,
        lastError: 'AWS has not answered for 0.005 s.',
        settledAt: deps.clock.now() + deps.timing.settleMs,
      })
      expect(ledger.commits.length).toBeGreaterThan(0)
      await onwards(1)
      expect(grant('one').phase).toBe('active')
    },
  )
})

describe('a binding that is wanted', () => {
  it('is put, read back, and then its grant is active', async () => {
    const { converge, cloud, grant, kept } = world()
    await converge()
    expect(cloud.calls).toEqual([`put ${one}`])
    expect(grant('one').phase).toBe('active')
    expect(kept).toMatchObject({ cleanVersion: 1, failures: 0 })
  })

  it('is put back when somebody changed it, which the log and the grant tell once', async () => {
    const { converge, cloud, grant, ledger, deps, turn } = world()
    await converge()
    turn(5_000)
    cloud.changed.add(one)
    cloud.before = failing('transient', 'put')
    await converge()
    cloud.before = nothing
    turn(1_000)
    await converge()
    expect(cloud.changed.size).toBe(0)
    expect(grant('one')).toMatchObject({ phase: 'active', driftedAt: start + 5_000 })
    const drifts = ledger.commits
      .flatMap(({ events = [] }) => events)
      .filter(({ event }) => event.type === 'binding.drifted')
    expect(drifts).toMatchObject([
      { stream: `lane:${lane.id}`, event: { bindingId: one, evidence: { requestId: 'r-1' } } },
    ])
    turn(5_000)
    cloud.changed.add(one)
    await converge()
    expect(grant('one')).toMatchObject({ driftedAt: deps.clock.now() })
  })

  it('is noted as tried, and meant in the log, before the cloud hears of it', async () => {
    const { converge, cloud, ledger, deps } = world()
    const noted: unknown[] = []
    cloud.before = (call) => {
      if (!call.startsWith('put')) return
      noted.push(ledger.bindings.get(one)?.attemptedAt)
      noted.push(...ledger.commits.flatMap(({ events = [] }) => events.map((e) => e.event.type)))
    }
    await converge()
    expect(noted).toEqual([deps.clock.now(), 'binding.intended'])
  })

  it('waits, and is due at once, when the process dies over the write', async () => {
    const { converge, cloud, stop, kept, deps, ledger, grant } = world()
    cloud.before = (call) => {
      if (!call.startsWith('put')) return
      stop.abort()
      throw new CloudError('transient', 'aborted')
    }
    await converge()
    expect(kept.checkAt).toBeLessThanOrEqual(deps.clock.now() + cloud.lagMs)
    expect(kept).toMatchObject({ failures: 0, cleanVersion: 0 })
    expect(ledger.bindings.get(one)?.attemptedAt).toBeDefined()
    expect(grant('one').phase).toBe('approved')
  })

  it('is not written once the claim is lost', async () => {
    const { converge, cloud, ledger, kept } = world()
    ledger.beforeRenew = (claim) => {
      ledger.claims.set(claim.key, { ...claim, fence: claim.fence + 1, held: true })
    }
    await converge()
    expect(cloud.calls).toEqual([])
    expect(kept.failures).toBe(0)
  })
})

describe('a no of the cloud to the first put', () => {
  it.each(['quota', 'denied', 'invalid', 'missing'] as const)(
    '(%s) ends the grant, which holds nothing',
    async (kind) => {
      const { converge, cloud, grant } = world({ one: { ...offer, approval: 'none' } })
      cloud.before = failing(kind, 'put')
      await converge()
      expect(grant('one')).toMatchObject({
        phase: 'ended',
        reason: 'could-not-be-given',
        detail: `AWS: ${kind}`,
        // No session was ever possible, although the role allows some.
        holds: [{ state: 'gone', sessionsUntil: undefined }],
      })
      expect(cloud.calls).toEqual([`put ${one}`])
    },
  )

  it('after one whose fate is unknown has the binding removed all the same', async () => {
    const { converge, onwards, cloud, grant } = world()
    cloud.before = failing('transient', 'put')
    await converge()
    cloud.before = failing('quota', 'put')
    await onwards(1)
    expect(grant('one')).toMatchObject({ phase: 'ending', reason: 'could-not-be-given' })
    expect(cloud.calls).toEqual([`put ${one}`, `put ${one}`, `remove ${one}`])
    await onwards(3)
    expect(grant('one').phase).toBe('ended')
  })

  it('ends only the grants that it was about', async () => {
    const { converge, cloud, grant } = world({ one: inlineOffer, two: inlineOffer })
    cloud.before = failing('quota', `put ${two}`)
    await converge()
    expect(grant('one').phase).toBe('active')
    expect(grant('two')).toMatchObject({ phase: 'ended', reason: 'could-not-be-given' })
  })
})

describe('a failure that may pass', () => {
  it.each(['transient', 'conflict'] as const)(
    '(%s) is tried again, later each time, until it passes',
    async (kind) => {
      const { converge, onwards, cloud, grant, kept, deps } = world()
      cloud.before = failing(kind, 'put')
      const waits: number[] = []
      for (const failures of [1, 2, 3, 4, 5]) {
        await (failures === 1 ? converge() : onwards(1))
        expect(kept).toMatchObject({ failures, lastError: `AWS: ${kind}` })
        waits.push((kept.checkAt ?? 0) - deps.clock.now())
      }
      waits.forEach((wait, index) => {
        expect(wait).toBeGreaterThanOrEqual(125 * 2 ** (index + 1))
        expect(wait).toBeLessThanOrEqual(250 * 2 ** (index + 1))
      })
      cloud.before = nothing
      await onwards(1)
      expect(grant('one').phase).toBe('active')
      expect(kept).toMatchObject({ failures: 0, lastError: null })
    },
  )

  it('of one change that the cloud puts off does not put off the others', async () => {
    const { converge, cloud, kept, deps } = world({ one: inlineOffer, two: inlineOffer })
    const failures: Readonly<Record<string, CloudError>> = {
      [`put ${one}`]: new CloudError('transient', 'not before noon', { retryAfterMs: 60_000 }),
      [`put ${two}`]: new CloudError('transient', 'a hiccup'),
    }
    cloud.before = (call) => {
      const failure = failures[call]
      if (failure !== undefined) throw failure
    }
    await converge()
    expect(kept.lastError).toBe('a hiccup')
    expect((kept.checkAt ?? 0) - deps.clock.now()).toBeLessThanOrEqual(500)
  })

  it('is told after the third time, and taken back when it is over', async () => {
    const { converge, onwards, cloud, grant } = world()
    cloud.before = failing('transient', 'observe')
    await converge()
    await onwards(1)
    expect(grant('one').stuck).toBeUndefined()
    await onwards(1)
    expect(grant('one').stuck).toMatchObject({ because: 'AWS: transient' })
    cloud.before = nothing
    await onwards(1)
    expect(grant('one')).toMatchObject({ phase: 'active', stuck: undefined })
  })

  it('puts off what a call that was given up may still do', async () => {
    const { converge, cloud, kept, deps } = world()
    cloud.before = failing('transient', 'put')
    await converge()
    expect(kept.settledAt).toBe(deps.clock.now() + deps.timing.settleMs)
  })
})

describe('a removal', () => {
  async function active(offers?: Readonly<Record<string, Offer>>) {
    const made = world(offers)
    await made.converge()
    made.cloud.calls.length = 0
    return made
  }

  it('is carried out, proven past the lag, and ends the grant', async () => {
    const { command, converge, onwards, cloud, grant } = await active()
    await command('one', revoke)
    await converge()
    expect(cloud.calls).toEqual([`remove ${one}`])
    expect(grant('one').phase).toBe('ending')
    await onwards(1)
    expect(grant('one')).toMatchObject({ phase: 'ended', reason: 'revoked' })
  })

  it('of what is past its end ends the grants with it, though nobody told them, in one record', async () => {
    const { converge, onwards, turn, cloud, grant, ledger } = world({
      one: inlineOffer,
      two: inlineOffer,
    })
    await converge()
    turn(inlineOffer.leaseSeconds * 1000)
    await converge()
    expect(cloud.calls.slice(2)).toEqual([`remove ${one}`, `remove ${two}`])
    const [removal] = ledger.commits.filter(({ events = [] }) =>
      events.some(({ event }) => event.type === 'binding.changed' && event.change === 'remove'),
    )
    const ending = { type: 'grant.ending', reason: 'expired' }
    expect(removal?.grants).toMatchObject([{ events: [ending] }, { events: [ending] }])
    await onwards(2)
    expect([grant('one').phase, grant('two').phase]).toEqual(['ended', 'ended'])
  })

  it('ends the grant only after the last session could have run', async () => {
    const { command, converge, onwards, grant, deps } = await active({
      one: { ...offer, bindings: [{ role: assume, principal }] },
    })
    await command('one', revoke)
    await converge()
    await onwards(1)
    expect(grant('one')).toMatchObject({ phase: 'ending', holds: [{ state: 'gone' }] })
    await onwards(1)
    expect(grant('one').phase).toBe('ended')
    expect(deps.clock.now()).toBeGreaterThanOrEqual(start + 3_600_000)
  })

  it.each(['quota', 'denied', 'invalid', 'missing', 'transient', 'conflict'] as const)(
    'is never given up, whatever the cloud says (%s)',
    async (kind) => {
      const { command, onwards, cloud, grant, kept } = await active()
      await command('one', revoke)
      cloud.before = failing(kind, 'remove')
      await onwards(15)
      expect(cloud.calls).toHaveLength(15)
      expect(grant('one')).toMatchObject({ phase: 'ending', stuck: { because: `AWS: ${kind}` } })
      expect(kept.checkAt).not.toBeNull()
      cloud.before = nothing
      // Once for the removal, then for the proof, past what the failed calls may still do.
      await onwards(4)
      expect(grant('one')).toMatchObject({ phase: 'ended', stuck: undefined })
    },
  )

  it('is tried again soon after a short outage, and less often where it lasts', async () => {
    const { command, onwards, cloud, kept, deps } = await active()
    await command('one', revoke)
    cloud.before = failing('transient', 'remove')
    const waits: number[] = []
    for (let failures = 1; failures <= 14; failures += 1) {
      await onwards(1)
      waits.push((kept.checkAt ?? 0) - deps.clock.now())
    }
    expect(Math.max(...waits.slice(0, 12))).toBeLessThanOrEqual(10_000)
    expect(Math.min(...waits.slice(12))).toBeGreaterThanOrEqual(30_000)
  })

  it('is tried again soon while access is to be given', async () => {
    const { onwards, cloud, kept, deps } = world()
    cloud.before = failing('transient', 'put')
    for (let failures = 1; failures <= 12; failures += 1) {
      await onwards(1)
      expect((kept.checkAt ?? 0) - deps.clock.now()).toBeLessThanOrEqual(10_000)
    }
  })

  it('that the cloud denies is told at once: a person must act', async () => {
    const { command, onwards, cloud, grant } = await active()
    await command('one', revoke)
    cloud.before = failing('denied', 'remove')
    await onwards(1)
    expect(grant('one').stuck).toMatchObject({ because: 'AWS: denied' })
  })

  it('that is acknowledged and without effect is a failure: told, and tried less and less often', async () => {
    const { command, onwards, cloud, grant, kept, log, deps } = await active()
    await command('one', revoke)
    cloud.stubborn = true
    const from = deps.clock.now()
    await onwards(30)
    const removals = cloud.calls.length
    // One at a look, and soon only one look a minute.
    expect(removals).toBeLessThanOrEqual(30)
    expect(deps.clock.now() - from).toBeGreaterThan(10 * minute)
    expect(log.lines.filter(({ id }) => id === 'binding.changed')).toHaveLength(removals + 1)
    expect(kept.failures).toBeGreaterThanOrEqual(removals - 1)
    expect(grant('one')).toMatchObject({
      phase: 'ending',
      stuck: { because: expect.stringContaining(one) },
    })
    cloud.stubborn = false
    await onwards(4)
    expect(grant('one')).toMatchObject({ phase: 'ended', stuck: undefined })
  })

  it('of what nobody can be asked about is told until the cloud’s own deadline has passed', async () => {
    const { command, converge, onwards, cloud, grant, turn } = await active()
    cloud.principal = 'missing'
    await command('one', revoke)
    await converge()
    await onwards(5)
    expect(grant('one')).toMatchObject({
      phase: 'ending',
      stuck: { because: expect.stringMatching(/renamed/) },
    })
    expect(cloud.calls).toEqual([])
    turn(2 * 60 * minute)
    await onwards(1)
    expect(grant('one')).toMatchObject({ phase: 'ended', stuck: undefined })
  })

  it('proven for one binding does not end the grant while another is found again', async () => {
    const bindings = [
      { role: assume, principal },
      { role: assume, principal },
    ]
    const { command, converge, onwards, cloud, grant } = await active({
      one: { ...offer, bindings },
    })
    await command('one', revoke)
    await converge()
    await onwards(1)
    expect(grant('one').holds).toMatchObject([{ state: 'gone' }, { state: 'gone' }])
    cloud.standingThere.add(one)
    await onwards(1)
    expect(cloud.calls.filter((call) => call === `remove ${one}`)).toHaveLength(2)
    expect(grant('one').phase).toBe('ending')
    await onwards(5)
    expect(grant('one').phase).toBe('ended')
    expect(cloud.standingThere.size).toBe(0)
  })

  /** One grant is over, the other has just begun. */
  async function both() {
    const made = world({ two: inlineOffer, one: inlineOffer })
    await made.command('two', revoke)
    made.ledger.bindings.set(two, {
      ...(made.ledger.bindings.get(two) ?? recordOf(made.grant('two'))),
      attemptedAt: start,
      presentAt: start,
    })
    made.cloud.standingThere.add(two)
    return made
  }

  it('comes before what is given', async () => {
    const { converge, cloud } = await both()
    await converge()
    expect(cloud.calls).toEqual([`remove ${two}`, `put ${one}`])
  })

  it('comes first also when the other one is listed first', async () => {
    const { converge, cloud, ledger } = await both()
    const [first, second] = [...ledger.bindings]
    if (first === undefined || second === undefined) throw new Error('two bindings are expected')
    ledger.bindings.clear()
    ledger.bindings.set(...second)
    ledger.bindings.set(...first)
    await converge()
    expect(cloud.calls).toEqual([`remove ${two}`, `put ${one}`])
  })

  it('that fails keeps nothing else from its turn', async () => {
    const { converge, cloud, kept } = await both()
    cloud.before = failing('transient', 'remove')
    await converge()
    expect(cloud.calls).toEqual([`remove ${two}`, `put ${one}`])
    expect(cloud.standingThere.has(one)).toBe(true)
    expect(kept.failures).toBe(1)
  })
})

const offering = policyOf(`
version: 1
roles:
  ${offer.role}:
    description: Read the orders database
    bindings:
      - aws: { account: "111122223333", allow: [{ actions: [logs:GetLogEvents], resources: ["*"] }] }
    repositories: [shop]
    eligible: ["user:${offer.recipient.id}"]
    lease: { default: 1h, max: 4h }
    approval: none
`)

describe('the ground that access is given on', () => {
  it('is read again when the last reading is old, and lost ground gives nothing', async () => {
    const { converge, cloud, github, grant, turn, deps } = world()
    turn(deps.timing.standingFreshMs + 1)
    github.role = 'none'
    await converge()
    expect(cloud.calls).toEqual([])
    expect(grant('one')).toMatchObject({ phase: 'ended', reason: 'standing-lost' })
  })

  it('that cannot be read gives nothing, takes what has to go, and is asked again soon', async () => {
    const offers = { one: inlineOffer, two: inlineOffer }
    const { converge, cloud, github, turn, deps, ledger, kept, grant, command, policy } =
      world(offers)
    policy.reading = { kind: 'policy', policy: offering }
    cloud.resolved = { ok: true, principal }
    await command('two', revoke)
    const record = ledger.bindings.get(two)
    if (record !== undefined) ledger.bindings.set(two, { ...record, attemptedAt: start })
    cloud.standingThere.add(two)
    turn(deps.timing.standingFreshMs + 1)
    github.before = () => {
      throw new GitHubError('transient', 'GitHub is away')
    }
    await converge()
    expect(cloud.calls).toEqual([`remove ${two}`])
    expect(ledger.bindings.get(one)?.attemptedAt).toBeUndefined()
    expect(grant('one').phase).toBe('approved')
    expect((kept.checkAt ?? Infinity) - deps.clock.now()).toBeLessThanOrEqual(5_000)
    github.before = nothing
    turn(5_000)
    await converge()
    expect(grant('one').phase).toBe('active')
  })
})

describe('what several grants hold', () => {
  const group: CloudRole = { cloud: 'aws', mode: 'group', account: principal.account, group: 'ops' }
  const together: Offer = { ...inlineOffer, bindings: [{ role: group, principal }] }
  const shared = `${lane.id}/group/ops`

  it('goes on for whoever still holds it, and the others are over at once', async () => {
    const { converge, command, cloud, grant, onwards } = world({ one: together, two: together })
    await converge()
    await command('one', revoke)
    await converge()
    expect(grant('one')).toMatchObject({ phase: 'ended', holds: [{ state: 'gone' }] })
    expect(grant('two').phase).toBe('active')
    await command('two', revoke)
    await converge()
    await onwards(3)
    expect(grant('two').phase).toBe('ended')
    expect(cloud.calls).toEqual([`put ${shared}`, `remove ${shared}`])
  })

  it('is nobody’s to hand over when the last holder ends while that is being recorded', async () => {
    const { converge, command, cloud, grant, ledger, onwards } = world({
      one: together,
      two: together,
    })
    await converge()
    await command('one', revoke)
    let met = false
    const gone: unknown[] = []
    ledger.beforeCommit = ({ claim, grants = [] }) => {
      if (claim === undefined) return
      const told = grants.flatMap(({ events }) => events)
      if (told.length > 0 && !met) {
        met = true
        void command('one', { type: 'trouble', because: 'something else' })
        void command('two', revoke)
      } else if (cloud.standingThere.has(shared))
        gone.push(...told.filter(({ type }) => type === 'grant.binding-gone'))
    }
    await converge()
    await onwards(3)
    expect(met).toBe(true)
    expect(gone).toEqual([])
    expect([grant('one').phase, grant('two').phase]).toEqual(['ended', 'ended'])
    expect(cloud.standingThere.has(shared)).toBe(false)
  })

  it('stays with those who had it when the cloud refuses a later end that another one asks for', async () => {
    const who = { cloud: 'azure', objectId: 'o-1', name: undefined } as const
    const role: CloudRole = {
      cloud: 'azure',
      mode: 'pim',
      scope: '/subscriptions/s',
      role: 'Reader',
      roleId: 'r-1',
    }
    const bindings = [{ role, principal: who }]
    const short: Offer = { ...inlineOffer, bindings }
    const long: Offer = { ...short, leaseSeconds: short.leaseSeconds * 2 }
    const { cloud, grant, ledger, command, converge } = world(
      { one: short },
      laneOf({ role, principal: who }),
    )
    await converge()
    const later = grantAfter([request(long, { id: 'two' }), start])
    ledger.addGrant(later)
    await command('two', { type: 'trouble', because: 'only to be noticed' })
    cloud.changed.add(`azure/subscriptions/s/pim/r-1/o-1`)
    let tries = 0
    cloud.before = (call) => {
      if (!call.startsWith('put')) return
      tries += 1
      if (tries === 1) throw new CloudError('invalid', 'Azure: longer than the rule allows')
    }
    await converge()
    expect(grant('two')).toMatchObject({ phase: 'ended', reason: 'could-not-be-given' })
    expect(grant('one').phase).toBe('active')
    expect(tries).toBe(2)
  })
})

describe('what was read of a lane', () => {
  it('is recorded on the grant as it is now, when others changed it meanwhile', async () => {
    const { converge, grant, ledger, command, kept } = world()
    let met = false
    ledger.beforeCommit = ({ claim, grants = [] }) => {
      if (claim === undefined || grants.length === 0 || met) return
      met = true
      void command('one', { type: 'trouble', because: 'something else' })
    }
    await converge()
    expect(met).toBe(true)
    expect(grant('one').phase).toBe('active')
    expect(kept.failures).toBe(0)
  })

  it('after a take-over is not final before the former owner’s last call has settled', async () => {
    const { converge, onwards, command, cloud, grant, ledger, turn, deps } = world()
    await converge()
    await command('one', revoke)
    await ledger.claim(`lane:${lane.id}`, 'dead', deps.clock.now(), deps.timing.claimMs)
    turn(deps.timing.claimMs)
    const takenOverAt = deps.clock.now()
    await converge()
    expect(cloud.calls.at(-1)).toBe(`remove ${one}`)
    await onwards(3)
    expect(grant('one').phase).toBe('ended')
    expect(deps.clock.now()).toBeGreaterThanOrEqual(takenOverAt + deps.timing.settleMs)
  })

  it('that somebody removed ends the grant, and is never put back', async () => {
    const { converge, onwards, cloud, grant, turn } = world()
    await converge()
    cloud.standingThere.clear()
    turn(5 * minute)
    await onwards(4)
    expect(grant('one')).toMatchObject({ reason: 'revoked-outside' })
    expect(cloud.calls.filter((call) => call.startsWith('put'))).toHaveLength(1)
  })
})
