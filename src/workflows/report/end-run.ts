// Every run that was started ends, also on a head that is no longer the head, and one whose id was never recorded.
import { GitHubError } from '../../domain/errors.ts'
import { runsOf } from '../../domain/messages/run.ts'
import type { CheckRun, PostedCheck, WriteCost } from '../ports.ts'
import type { Publishing } from './publishing.ts'

export const hasYetToEnd = ({
  completed,
  asks,
}: {
  readonly completed: boolean
  readonly asks?: boolean
}): boolean => !completed || asks === true

/** Where it is, and without its buttons. */
export async function endRun(
  publishing: Publishing,
  { id, headSha }: Pick<PostedCheck, 'id' | 'headSha'>,
  last: CheckRun,
  cost: WriteCost,
): Promise<void> {
  const { github } = publishing.deps
  const { subject } = publishing.view
  const there =
    id ?? (await github.findCheck(subject, headSha, last.name, runsOf(publishing.view)))?.id
  if (there === undefined) return
  await publishing.mayWrite(cost)
  const ended = { ...last, headSha, status: 'completed', actions: [], annotations: [] } as const
  try {
    await github.updateCheck(subject, there, ended)
  } catch (error) {
    // What is gone asks for nothing.
    if (!(error instanceof GitHubError && error.kind === 'missing')) throw error
  }
}
