import { onlyPeople, stageFindings } from './checks-people.ts'
import { keyAt, valueAt, type Finding } from './issues.ts'
import type { RoleDocument } from './schema.ts'
import type { Path } from './yaml-document.ts'

type Approvers = Exclude<RoleDocument['approval'], 'none'>
type Stages = NonNullable<Approvers['stages']>

export function approvalFindings(
  { approval }: RoleDocument,
  at: Path,
  onCall: ReadonlySet<string>,
): readonly Finding[] {
  if (approval === 'none') return []
  const { by, count, stages } = approval
  if (stages !== undefined) return stagesFindings(approval, stages, at, onCall)
  if (by !== undefined && count !== undefined) return stageFindings({ by, count }, at, onCall)
  if (by === undefined && count === undefined)
    return [valueAt(at, 'write who approves: `{ by: [team:sre], count: 1 }`')]
  return by === undefined
    ? [valueAt([...at, 'by'], 'write who may approve, such as `[team:sre]`')]
    : [valueAt([...at, 'count'], 'write how many must approve')]
}

function stagesFindings(
  approval: Approvers,
  stages: Stages,
  at: Path,
  onCall: ReadonlySet<string>,
): readonly Finding[] {
  const beside = (['by', 'count'] as const).filter((key) => approval[key] !== undefined)
  if (beside.length > 0)
    return beside.map((key) => keyAt([...at, key], 'write it in one of the `stages`'))
  const each = stages.flatMap((stage, index) =>
    stageFindings(stage, [...at, 'stages', index], onCall),
  )
  return each.length > 0 ? each : togetherFindings(stages, at)
}

/** Each person counts once in all stages. */
function togetherFindings(stages: Stages, at: Path): readonly Finding[] {
  const people = onlyPeople(stages.flatMap(({ by }) => by))
  const needed = stages.reduce((sum, { count }) => sum + count, 0)
  return people === undefined || needed <= people.size
    ? []
    : [
        valueAt(
          [...at, 'stages'],
          `${needed} must approve, and each of ${people.size} counts once: name more people`,
        ),
      ]
}
