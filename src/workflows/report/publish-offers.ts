// One check run for each code that waits for approval, with the buttons that decide it. Issues have none.
import { renderDecided, renderOffer } from '../../domain/messages/offer-check.ts'
import { waitingOf } from '../../domain/grants/phases.ts'
import type { PostedCheck } from '../ports.ts'
import { endRun } from './end-run.ts'
import type { Publishing } from './publishing.ts'
import { publishRun } from './publish-run.ts'

export async function publishOffers(publishing: Publishing): Promise<void> {
  const { view } = publishing
  const { headSha } = view
  if (headSha === undefined) return
  const pending = new Set<string>()
  for (const grant of view.grants) {
    const waiting = waitingOf(grant)
    if (waiting === undefined) continue
    const { code } = waiting.revision
    pending.add(code)
    await publishRun(publishing, renderOffer(view, grant, waiting, headSha), {
      former: publishing.posted().offers[code] ?? null,
      cost: 'approval',
      record: (run) => recordOffers(publishing, (offers) => ({ ...offers, [code]: run })),
    })
  }
  for (const [code, run] of Object.entries(publishing.posted().offers))
    if (!pending.has(code)) await conclude(publishing, code, run)
}

/** And forgets it: nothing is ever said under that code again. */
async function conclude(publishing: Publishing, code: string, run: PostedCheck): Promise<void> {
  const { fingerprint: _shown, ...last } = renderDecided(publishing.view, code, run.headSha)
  await endRun(publishing, run, last, 'rest')
  await recordOffers(publishing, ({ [code]: _over, ...offers }) => offers)
}

type Offers = Readonly<Record<string, PostedCheck>>

const recordOffers = (publishing: Publishing, change: (offers: Offers) => Offers): Promise<void> =>
  publishing.record({ offers: change(publishing.posted().offers) })
