// All changes of one lane in one read-modify-write. What Google refuses is found, so that it holds up nothing else.
import { setTimeout as sleep } from 'node:timers/promises'
import { CloudError } from '../../domain/errors.ts'
import type { Applied, BindingId, Change, Evidence, LaneOf } from '../../domain/lanes/types.ts'
import type { CallGuard } from '../../workflows/ports.ts'
import { divide } from './divide.ts'
import { editPolicy, type Edit } from './edit-policy.ts'
import { isRejection } from './errors.ts'
import { givenIn } from './policy.ts'
import type { PolicyCalls } from './policy-calls.ts'

interface Work {
  readonly calls: PolicyCalls
  readonly resource: string
  readonly instance: string
  readonly guard: CallGuard
  readonly applied: Map<BindingId, Applied>
}

const attemptsMax = 8
const backoffMsMin = 10
const backoffMsMax = 300

/** At once after the first conflict, then later and later. */
async function backOff(attempt: number, { signal }: CallGuard): Promise<void> {
  if (attempt === 1) return
  const ms = Math.random() * Math.min(backoffMsMax, backoffMsMin * 2 ** (attempt - 1))
  try {
    await sleep(ms, undefined, { signal })
  } catch (cause) {
    throw new CloudError('transient', 'Google Cloud: the claim is over', { cause })
  }
}

const isConflict = (error: unknown): boolean =>
  error instanceof CloudError && error.kind === 'conflict'

/** Names alone: who it is for, the policy tells whoever may read it. */
const reasonFor = (changes: readonly Change[]): string =>
  changes.map(({ do: act, binding: { name } }) => `${act} ${name}`).join(', ')

type Written =
  | { readonly evidence: Evidence; readonly refused: Edit['refused'] }
  /** Google refused all of it. */
  | { readonly rejection: CloudError; readonly refused: Edit['refused']; readonly purges: boolean }

/** NB: after each conflict everything is read anew: an edit of an older policy would take others' changes back. */
async function write(work: Work, changes: readonly Change[], purging: boolean): Promise<Written> {
  const { calls, resource, instance, guard } = work
  for (let attempt = 1; ; attempt += 1) {
    const { value: read, evidence } = await calls.read(resource, guard)
    const context = { resource, instance, purging, cloudAt: evidence.cloudAt }
    const { policy, refused, purges } = editPolicy(read, changes, context)
    if (policy === read) return { evidence, refused }
    try {
      const left = changes.filter(({ binding }) => !refused.has(binding.id))
      const written = { policy, reason: reasonFor(left) }
      return { evidence: await calls.write(resource, written, guard), refused }
    } catch (error) {
      if (isRejection(error)) return { rejection: error, refused, purges }
      if (!isConflict(error) || attempt >= attemptsMax) throw error
    }
    await backOff(attempt, guard)
  }
}

const fail = ({ applied }: Work, change: Change, error: CloudError): void =>
  void applied.set(change.binding.id, { ok: false, error })

async function carryOut(work: Work, changes: readonly Change[], purging = true): Promise<void> {
  if (changes.length === 0) return
  const written = await write(work, changes, purging)
  // NB: what nobody asked for may be what was refused: it keeps nothing from being carried out.
  if ('rejection' in written && written.purges) return carryOut(work, changes, false)
  const left: Change[] = []
  for (const change of changes) {
    const error = written.refused.get(change.binding.id)
    if (error) fail(work, change, error)
    else if ('rejection' in written) left.push(change)
    else work.applied.set(change.binding.id, { ok: true, evidence: written.evidence })
  }
  if (!('rejection' in written)) return
  const { failed, parts } = divide(left, written.rejection)
  for (const [change, why] of failed) fail(work, change, why)
  for (const part of parts) await carryOut(work, part, purging)
}

function belongs(work: Work, change: Change): boolean {
  try {
    givenIn(work.resource, change.binding)
    return true
  } catch (error) {
    if (!(error instanceof CloudError)) throw error
    fail(work, change, error)
    return false
  }
}

/** What fails once something is settled fails what is left, and takes nothing back. */
export async function applyChanges(
  of: Omit<Work, 'applied' | 'resource'>,
  { resource }: LaneOf<'gcp'>,
  changes: readonly Change[],
): Promise<ReadonlyMap<BindingId, Applied>> {
  const work: Work = { ...of, resource, applied: new Map() }
  const ours = changes.filter((change) => belongs(work, change))
  try {
    await carryOut(work, ours)
  } catch (error) {
    if (work.applied.size === 0 || !(error instanceof CloudError)) throw error
    for (const change of ours) if (!work.applied.has(change.binding.id)) fail(work, change, error)
  }
  return work.applied
}
