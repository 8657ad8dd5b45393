import { describe, expect, it, vi } from 'vitest'
import { DeliveryFault, LedgerConflict } from '../../src/domain/errors.ts'
import { handleDelivery, type Receive } from '../../src/workflows/handle-delivery.ts'
import { fakeDeps } from '../support/fakes.ts'

const id = 'd-1'

function given(more: Parameters<ReturnType<typeof fakeDeps>['ledger']['addDelivery']>[1] = {}) {
  const world = fakeDeps()
  world.ledger.addDelivery(id, more)
  return { ...world, kept: () => world.ledger.deliveries.get(id) }
}

const failing = async () => {
  throw new Error('GitHub is away')
}

describe('a stored delivery', () => {
  it('is routed as it came, and done', async () => {
    const { deps, kept } = given()
    const receive = vi.fn<Receive>(async () => undefined)
    await handleDelivery(deps, receive, id)
    expect(receive).toHaveBeenCalledExactlyOnceWith(
      { id, name: 'pull_request', payload: { action: 'closed' } },
      expect.objectContaining({ guard: expect.anything() as unknown }),
    )
    expect(kept()?.state).toBe('done')
  })

  it('is not routed again once it is done', async () => {
    const { deps } = given({ state: 'done' })
    const receive = vi.fn<Receive>(async () => undefined)
    await handleDelivery(deps, receive, id)
    await handleDelivery(deps, receive, 'never-stored')
    expect(receive).not.toHaveBeenCalled()
  })

  it('is not routed when it was done while this one waited for the claim', async () => {
    const { deps, ledger, kept } = given()
    const { claim } = ledger
    ledger.claim = (...asked) => {
      ledger.addDelivery(id, { state: 'done' })
      return claim.apply(ledger, asked)
    }
    const receive = vi.fn<Receive>(async () => undefined)
    await handleDelivery(deps, receive, id)
    expect(receive).not.toHaveBeenCalled()
    expect(kept()?.state).toBe('done')
  })

  it('waits while another one of its subject is worked on', async () => {
    const { deps, ledger, kept } = given({ subject: '77#12' })
    ledger.addDelivery('d-2', { subject: '77#12' })
    const receive = vi.fn<Receive>(async ({ id: which }) => {
      if (which === id) await handleDelivery(deps, receive, 'd-2')
    })
    await handleDelivery(deps, receive, id)
    expect(receive).toHaveBeenCalledTimes(1)
    expect(kept()?.state).toBe('done')
    expect(ledger.deliveries.get('d-2')?.state).toBe('pending')
  })

  it('is not done when the claim ran out over it: whoever has it now says so', async () => {
    const { deps, turn, kept, ledger } = given()
    await handleDelivery(deps, async () => turn(deps.timing.claimMs), id)
    expect(kept()).toMatchObject({ state: 'pending', attempts: 1 })
    expect(ledger.commits).toEqual([])
  })
})

describe('a delivery that failed', () => {
  it('is tried again later, and later still each time', async () => {
    const { deps, kept, turn } = given()
    const waits: number[] = []
    for (let attempt = 1; attempt < 12; attempt += 1) {
      const now = deps.clock.now()
      await handleDelivery(deps, failing, id)
      const wait = (kept()?.retryAt ?? 0) - now
      waits.push(wait)
      turn(wait)
    }
    // Half of each wait is up to chance.
    waits.forEach((wait, index) => {
      const full = Math.min(60_000, 250 * 2 ** (index + 1))
      expect(wait).toBeGreaterThanOrEqual(full / 2)
      expect(wait).toBeLessThanOrEqual(full)
    })
    expect(kept()).toMatchObject({ state: 'pending', attempts: 11, error: 'GitHub is away' })
  })

  it('is not tried before that, by whoever else had it at hand', async () => {
    const { deps, kept, turn } = given()
    await handleDelivery(deps, failing, id)
    const receive = vi.fn<Receive>(async () => undefined)
    turn((kept()?.retryAt ?? 0) - deps.clock.now() - 1)
    await handleDelivery(deps, receive, id)
    expect(receive).not.toHaveBeenCalled()
    expect(kept()).toMatchObject({ state: 'pending', attempts: 1 })
    turn(1)
    await handleDelivery(deps, receive, id)
    expect(kept()?.state).toBe('done')
  })

  it('is given up after twelve attempts, and taken up again when it is redelivered', async () => {
    const { deps, log, ledger, kept } = given({ attempts: 11 })
    await handleDelivery(deps, failing, id)
    expect(kept()).toMatchObject({ state: 'failed', attempts: 12 })
    expect(log.lines.at(-1)).toMatchObject({ id: 'delivery.failed', fields: { givenUp: true } })

    const receive = vi.fn<Receive>(async () => undefined)
    await handleDelivery(deps, receive, id)
    expect(receive).not.toHaveBeenCalled()
    ledger.addDelivery(id, { attempts: 0 })
    await handleDelivery(deps, receive, id)
    expect(kept()?.state).toBe('done')
  })

  it('counts no attempt when it was cut off by the end of this process', async () => {
    const { deps, stop, kept } = given()
    await handleDelivery(deps, async () => (stop.abort(), failing()), id)
    expect(kept()).toMatchObject({ state: 'pending', attempts: 0 })
  })

  it('leaves only the first fault in words', async () => {
    const { deps, kept } = given()
    const faults = [new Error('x'.repeat(600)), new Error('second')]
    await handleDelivery(deps, () => Promise.reject(new AggregateError(faults)), id)
    expect(kept()?.error).toBe('x'.repeat(500))
  })
})

describe('a delivery that can never succeed', () => {
  const faulty = async () => {
    throw new DeliveryFault('pull_request.closed: the delivery lacks or misstates sender')
  }
  const because = 'pull_request.closed: the delivery lacks or misstates sender'

  it('is given up at once, and the log says why', async () => {
    const { deps, ledger, kept } = given({ subject: '77#12' })
    await handleDelivery(deps, faulty, id)
    expect(kept()).toMatchObject({ state: 'failed', attempts: 1, error: because })
    expect(ledger.commits).toEqual([
      expect.objectContaining({
        claim: expect.objectContaining({ key: 'delivery:77#12' }),
        events: [
          {
            stream: 'subject:77#12',
            event: { type: 'delivery.refused', delivery: id, because },
          },
        ],
      }),
    ])
  })

  it('is logged beside the instance where it names no subject', async () => {
    const { deps, ledger } = given()
    await handleDelivery(deps, faulty, id)
    expect(ledger.commits[0]?.events?.[0]?.stream).toBe('instance')
  })

  it('is one whose body is no JSON, of which not a word is kept', async () => {
    const { deps, ledger, kept } = given({ body: new TextEncoder().encode('{"secret": }') })
    await handleDelivery(deps, async () => undefined, id)
    expect(kept()?.state).toBe('failed')
    expect(JSON.stringify(ledger.commits)).not.toContain('secret')
  })

  it('is one that every handler finds at fault', async () => {
    const fault = new DeliveryFault('lacks sender')
    const both = given()
    await handleDelivery(both.deps, () => Promise.reject(new AggregateError([fault, fault])), id)
    expect(both.kept()?.state).toBe('failed')

    const one = given()
    const faults = [fault, new Error('GitHub is away')]
    await handleDelivery(one.deps, () => Promise.reject(new AggregateError(faults)), id)
    expect(one.kept()?.state).toBe('pending')
  })

  it('is not given up in the name of a claim that ran out', async () => {
    const { deps, turn, kept } = given()
    const work = handleDelivery(deps, async () => (turn(deps.timing.claimMs), faulty()), id)
    await expect(work).rejects.toThrow(LedgerConflict)
    expect(kept()?.state).toBe('pending')
  })
})
