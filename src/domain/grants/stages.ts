import type { Approval } from '../policy/types.ts'
import type { GivenApproval } from './types.ts'

/** The stage whose turn it is; the first is 0. Undefined when nothing more is needed. */
export function openStage(
  approval: Approval,
  given: readonly Pick<GivenApproval, 'stage'>[],
): number | undefined {
  if (approval === 'none') return undefined
  const open = approval.stages.findIndex(
    ({ count }, index) => given.filter(({ stage }) => stage === index).length < count,
  )
  return open === -1 ? undefined : open
}

/** NB: an approval that asks nobody would be none, without saying so. */
export const isSound = (approval: Approval): boolean =>
  approval === 'none' ||
  (approval.stages.length > 0 &&
    approval.stages.every(({ count }) => Number.isSafeInteger(count) && count >= 1))
