// The check run `hallpass/access` on the head of a pull request. Issues have none.
import { renderCheck } from '../../domain/messages/report.ts'
import { costOf } from './cost-of.ts'
import type { Publishing } from './publishing.ts'
import { publishRun } from './publish-run.ts'

export async function publishAccessCheck(publishing: Publishing): Promise<void> {
  const { view } = publishing
  if (view.headSha === undefined) return
  await publishRun(publishing, renderCheck(view, view.headSha), {
    former: publishing.posted().check,
    cost: costOf(view.grants),
    record: (check) => publishing.record({ check }),
  })
}
