// Keeps one check run by its name as it should be: on the head, never stuck, and never written twice.
import type { RenderedCheck } from '../../domain/messages/types.ts'
import type { Deps } from '../deps.ts'
import type { PostedCheck, WriteCost } from '../ports.ts'
import type { Publishing } from './publishing.ts'

export interface Run {
  /** What was recorded of it; null when nothing was. */
  readonly former: PostedCheck | null
  readonly cost: WriteCost
  record(check: PostedCheck): Promise<void>
}

export async function publishRun(
  publishing: Publishing,
  rendered: RenderedCheck,
  { former, cost, record }: Run,
): Promise<void> {
  const { github } = publishing.deps
  const { subject } = publishing.view
  const { fingerprint, ...check } = rendered
  if (former?.headSha === check.headSha && former.fingerprint === fingerprint) return
  const completed = check.status === 'completed'
  const recorded = (id: number) => record({ id, headSha: check.headSha, fingerprint, completed })
  // Every run that was started ends, also on a head that is no longer the head.
  if (former !== null && former.headSha !== check.headSha && !former.completed) {
    await publishing.mayWrite(cost)
    await github.updateCheck(subject, former.id, {
      ...check,
      headSha: former.headSha,
      status: 'completed',
      conclusion: 'skipped',
      title: 'Moved to the newer commit',
    })
  }
  // A completed run can say something else, but it cannot be reopened: a new one of the same name takes its place.
  const listed = await github.findCheck(subject, check.headSha, check.name)
  const last = newest(listed, former, check)
  if (completed && last === listed && isDone(listed, check)) return recorded(listed.id)
  await publishing.mayWrite(cost)
  if (last !== undefined && (completed || !last.completed)) {
    await github.updateCheck(subject, last.id, check)
    return recorded(last.id)
  }
  return recorded(await github.createCheck(subject, check))
}

type ListedCheck = Awaited<ReturnType<Deps['github']['findCheck']>>

/** A try that died before it could record had completed it with just this. */
const isDone = (
  listed: ListedCheck,
  { externalId }: Pick<RenderedCheck, 'externalId'>,
): listed is NonNullable<ListedCheck> =>
  listed?.completed === true && listed.externalId === externalId

/** What is recorded lacks what a try did that died before it could record; what GitHub lists may lack the latest. */
function newest(
  listed: ListedCheck,
  recorded: PostedCheck | null,
  { headSha }: { readonly headSha: string },
): { readonly id: number; readonly completed: boolean } | undefined {
  if (recorded?.headSha !== headSha) return listed
  return listed === undefined || listed.id < recorded.id ? recorded : listed
}
