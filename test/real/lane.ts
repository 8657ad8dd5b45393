// What the lanes of all real accounts have in common.
import { randomBytes } from 'node:crypto'
import { bindingsOf } from '../../src/domain/lanes/bindings-of.ts'
import { laneOf } from '../../src/domain/lanes/lane-of.ts'
import type { Binding, CloudRole, Principal } from '../../src/domain/lanes/types.ts'
import { hourMs, type Instant } from '../../src/domain/time.ts'
import type { Cloud, Log } from '../../src/workflows/ports.ts'
import type { CloudUnderTest } from '../contracts/cloud-under-test.ts'
import { insist, instance, type Time } from './account.ts'
import type { RequestCount } from './requests.ts'

export const silent: Log = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}

/** Of a grant that there never was, for an hour from now on. */
export function bindingFor(role: CloudRole, principal: Principal, now: Instant): Binding {
  const bindings = [{ role, principal, approval: undefined }]
  const grant = randomBytes(6).toString('hex')
  const offer = { bindings, residualSeconds: 3600 }
  const [binding] = bindingsOf(offer, grant, instance, now, now + hourMs)
  if (binding === undefined) throw new Error('An offer with one binding brings one')
  return binding
}

interface Parts {
  readonly cloud: Cloud
  readonly time: Time
  readonly settleMs: number
  /** How long the window is whose end is waited for. */
  readonly windowMs: number
  readonly bindings: readonly Binding[]
  readonly requests: RequestCount
  usable(binding: Binding): Promise<boolean>
  putForeign(): Promise<unknown>
  foreign(): Promise<unknown>
  tamper?: ((binding: Binding) => Promise<unknown>) | undefined
  takeAway(binding: Binding): Promise<unknown>
}

/** Answers come with the cloud's own clock, which need not be the machine's. */
const clockMs = 120_000

export function laneUnderTest(parts: Parts): CloudUnderTest {
  const { cloud, time, settleMs, windowMs, bindings, requests, tamper } = parts
  const [first] = bindings
  if (first === undefined) throw new Error('A lane has room for one binding')
  return {
    cloud,
    lane: laneOf(first),
    now: () => time.now(),
    lags: { settleMs, clockMs, windowMs, wait: (ms) => time.wait(ms) },
    room: bindings.length,
    binding: (n) => bindings[n - 1] ?? first,
    usable: (binding) => parts.usable(binding),
    putForeign: () => insist(parts, () => parts.putForeign()),
    foreign: () => parts.foreign(),
    ...(tamper === undefined ? {} : { tamper: (it: Binding) => insist(parts, () => tamper(it)) }),
    takeAway: (binding) => insist(parts, () => parts.takeAway(binding)),
    calls: () => requests.count(),
    close: () => Promise.resolve(),
  }
}
