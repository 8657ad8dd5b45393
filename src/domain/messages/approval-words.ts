// What an approval still needs, and what was given of it so far.
import { openStage } from '../grants/stages.ts'
import type { Extension } from '../grants/types.ts'
import type { Stage } from '../policy/types.ts'
import { approverInWords } from './answers/takes.ts'
import { code } from './escape.ts'

type Waiting = Pick<Extension, 'revision' | 'approvals'>

/** The stage whose turn it is. Undefined when nothing more is needed. */
export function stageNow({ revision, approvals }: Waiting): Stage | undefined {
  const { approval } = revision.offer
  const open = openStage(approval, approvals)
  return approval === 'none' || open === undefined ? undefined : approval.stages[open]
}

/** `1 more of team sre (stage 1 of 2)`. */
export function stillNeeded(waiting: Waiting): string {
  const { approval } = waiting.revision.offer
  const open = openStage(approval, waiting.approvals)
  const stage = stageNow(waiting)
  if (approval === 'none' || open === undefined || stage === undefined) return 'nobody'
  const given = waiting.approvals.filter((each) => each.stage === open).length
  const all = approval.stages.length
  const which = all === 1 ? '' : ` (stage ${open + 1} of ${all})`
  return `${stage.count - given}${given === 0 ? '' : ' more'} of ${stage.by.map(approverInWords).join(', ')}${which}`
}

export const givenSoFar = ({ approvals }: Waiting): string =>
  approvals.length === 0
    ? 'nobody has approved it yet'
    : `approved by ${approvals.map(({ by }) => code(by.login)).join(', ')}`
