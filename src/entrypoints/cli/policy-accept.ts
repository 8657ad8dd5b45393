import { formatProblem } from '../../domain/policy/format-problem.ts'
import type { AcceptedNow } from '../../workflows/accept-policy.ts'
import type { Operations } from '../../workflows/operations.ts'
import type { Output } from './grants.ts'

/** `hallpass policy accept`: the organization's document counts as it stands. Returns the exit status. */
export async function policyAccept(
  operations: Operations,
  {
    blob,
    json,
    operator,
  }: { readonly blob?: string; readonly json: boolean; readonly operator: string },
  output: Output,
): Promise<number> {
  const accepted = await operations.acceptPolicy(operator, blob)
  if (json) output.line(JSON.stringify(accepted, null, 2))
  else for (const line of linesOf(accepted)) output.line(line)
  return accepted.kind === 'accepted' || accepted.kind === 'unchanged' ? 0 : 1
}

function linesOf(accepted: AcceptedNow): readonly string[] {
  switch (accepted.kind) {
    case 'accepted':
      return [`${named(accepted)} counts from now on. The log says who accepted it.`]
    case 'unchanged':
      return [`${named(accepted)} was accepted already.`]
    case 'other':
      return [
        `Nothing was accepted: the document is ${named(accepted)} now. Look at it, and give its contents' hash.`,
      ]
    case 'broken':
      return accepted.problems.map(formatProblem)
    case 'missing':
      return [`${accepted.where}: ${accepted.why}`]
    default:
      return accepted satisfies never
  }
}

const named = ({ document: { where, blob } }: Extract<AcceptedNow, { document: object }>): string =>
  `${where} (contents ${blob})`
