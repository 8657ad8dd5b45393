// Keeps one check run by its name as it should be: on the head, never stuck, and never written twice.
import { runsOf } from '../../domain/messages/run.ts'
import type { RenderedCheck } from '../../domain/messages/types.ts'
import type { CheckRun, FoundCheck, PostedCheck, WriteCost } from '../ports.ts'
import { endRun, hasYetToEnd } from './end-run.ts'
import type { Publishing } from './publishing.ts'

export interface Run {
  /** What was recorded of it; null when nothing was. */
  readonly former: PostedCheck | null
  readonly cost: WriteCost
  readonly record: (check: PostedCheck) => Promise<void>
}

export async function publishRun(
  publishing: Publishing,
  rendered: RenderedCheck,
  { former, cost, record }: Run,
): Promise<void> {
  const { fingerprint, ...check } = rendered
  const { headSha } = check
  if (former?.headSha === headSha && former.fingerprint === fingerprint) return
  const recorded = (id: number) => record({ id, headSha, fingerprint, ...standing(check) })
  if (former !== null && former.headSha !== headSha && hasYetToEnd(former))
    await endRun(publishing, former, { ...check, ...moved }, cost)
  const onHead = former?.headSha === headSha ? former : null
  const last = await newest(publishing, check, onHead)
  // A try that died before it could record had completed it with just this.
  if (last?.completed === true && last.externalId === check.externalId) return recorded(last.id)
  // A completed run can say something else, but it cannot be reopened: a new one of the same name takes its place.
  const again = last !== undefined && isUpdatable(last, check) ? last : undefined
  // NB: first, so that no moment passes a required check; and what asked for something does so no longer.
  if (again === undefined && last !== undefined && hasYetToEnd(last))
    await endRun(publishing, { ...last, headSha }, { ...check, ...followed }, cost)
  if (hasYetToEnd(standing(check))) {
    const completed = again?.completed === true
    await record({ id: again?.id ?? null, headSha, fingerprint: '', completed, asks: true })
  }
  await publishing.mayWrite(cost)
  const { github } = publishing.deps
  const { subject } = publishing.view
  if (again === undefined) return recorded(await github.createCheck(subject, check))
  await github.updateCheck(subject, again.id, check)
  return recorded(again.id)
}

const moved = { conclusion: 'skipped', title: 'Moved to the newer commit' } as const
const followed = { conclusion: 'cancelled', title: 'A newer run follows this one' } as const

const standing = ({
  status,
  conclusion,
}: Pick<CheckRun, 'status' | 'conclusion'>): Pick<PostedCheck, 'completed' | 'asks'> => ({
  completed: status === 'completed',
  ...(conclusion === 'action_required' ? { asks: true } : {}),
})

/** NB: GitHub adds annotations to those that are there: other ones need a new run. */
const isUpdatable = ({ completed }: Last, { status, annotations }: CheckRun): boolean =>
  (status === 'completed' || !completed) && annotations.length === 0

type Last = Omit<FoundCheck, 'externalId'> & Partial<FoundCheck>

/** What is recorded lacks what a try did that died before it could record; what GitHub lists may lack the latest. */
async function newest(
  { deps, view }: Publishing,
  { headSha, name }: CheckRun,
  onHead: PostedCheck | null,
): Promise<Last | undefined> {
  const listed = await deps.github.findCheck(view.subject, headSha, name, runsOf(view))
  const id = onHead?.id ?? undefined
  if (id === undefined || (listed !== undefined && listed.id >= id)) return listed
  return { id, completed: onHead?.completed === true, asks: onHead?.asks === true }
}
