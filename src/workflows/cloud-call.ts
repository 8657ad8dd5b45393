import { CloudError } from '../domain/errors.ts'
import { cloudTitles } from '../domain/lanes/clouds.ts'
import type { Deps } from './deps.ts'
import type { CallGuard, Cloud } from './ports.ts'

/**
 * A cloud that takes a call and never answers must not keep its lane: the claim is renewed for as long as this process
 * lives. NB: what was asked may still be carried out, as after every failure.
 */
export async function answeredInTime<T>(
  { timing: { cloudCallMs } }: Pick<Deps, 'timing'>,
  { name }: Pick<Cloud, 'name'>,
  guard: CallGuard,
  call: (guard: CallGuard) => Promise<T>,
): Promise<T> {
  const silence = new AbortController()
  const late = () =>
    new CloudError(
      'transient',
      `${cloudTitles[name]} has not answered for ${cloudCallMs / 1000} s.`,
    )
  const timer = setTimeout(() => silence.abort(late()), cloudCallMs)
  timer.unref()
  const check = () => {
    guard.check()
    if (silence.signal.aborted) throw late()
  }
  try {
    return await call({ signal: AbortSignal.any([guard.signal, silence.signal]), check })
  } catch (cause) {
    if (guard.signal.aborted || !silence.signal.aborted) throw cause
    throw late()
  } finally {
    clearTimeout(timer)
  }
}
