import type { Grant } from '../grants/types.ts'
import type { BindingRecord, LaneVerdict } from './types.ts'

/**
 * Whether one read of a lane proves that all which the grant holds there is over. NB: a hold that was gone may have
 * been found again: what one binding's proof says of the grant counts only together with the others'.
 */
export const isOverInLane = (
  { holds }: Pick<Grant, 'holds'>,
  bindings: readonly Pick<BindingRecord, 'binding'>[],
  verdicts: readonly LaneVerdict[],
): boolean =>
  bindings
    .map(({ binding }) => binding.id)
    .filter((id) => holds.some(({ bindingId }) => bindingId === id))
    .every((id) => verdicts.some(({ kind, bindingId }) => kind === 'over' && bindingId === id))
