// After the play: the same services, in the visitor's own hands and time.
import { createInterface } from 'node:readline'
import type { Stage } from './stage.ts'
import { servePlayground } from './playground/server.ts'
import type { Teller } from './teller.ts'
import type { Line } from './watch-log.ts'

/** Resolves once `stopped` does. */
export async function stayUp(stage: Stage, teller: Teller, stopped: Promise<void>): Promise<void> {
  const interactive = process.stdin.isTTY
  const playground = await servePlayground(stage)
  teller.say(hints(stage, playground.url, interactive))
  const leave = stage.watch.follow((line) => tellOf(stage, teller, line))
  const input = interactive ? askOnEnter(stage) : undefined
  await stopped
  input?.close()
  leave()
  await playground.stop()
}

const hints = (
  { running, dataDirectory }: Stage,
  playground: string,
  interactive: boolean,
): string => {
  // NB: a `.env` may name a real ledger: what is typed for the demo must not reach it.
  const ledger = `DATABASE_URL= REDIS_URL= HALLPASS_DATA_DIR=${dataDirectory}`
  return [
    '',
    `Now play with it yourself: ${playground}`,
    '',
    'It stays up until you press Ctrl-C. Meanwhile:',
    '',
    ...(interactive
      ? [
          '  Press Enter to have octocat asked for another review, and Enter again to have it submitted.',
          '',
        ]
      : []),
    '  In another terminal, in this directory:',
    `    ${ledger} npm run hallpass -- grants --all`,
    `    ${ledger} npm run hallpass -- revoke <grant>`,
    `    curl ${running.url}/readyz`,
    '    less examples/demo.yml        the policy of this demo; examples/policy.yml says what else one can say',
    '',
  ].join('\n')
}

/** NB: not as a terminal of its own: Ctrl-C is to reach this process as a signal. */
function askOnEnter({ scene: { github, people }, scenery: { draft }, watch }: Stage) {
  const input = createInterface({ input: process.stdin, terminal: false })
  input.on('line', () => {
    const held = watch.lines.findLast(isTurn(people.octocat.id))?.id === 'grant.activated'
    if (held) github.submitReview(draft, people.octocat, 'approved')
    else github.requestReview(draft, people.alice, people.octocat)
  })
  return input
}

const isTurn =
  (recipient: number) =>
  ({ id, fields }: Line): boolean =>
    (id === 'grant.activated' || id === 'grant.ending') && fields['recipient'] === recipient

function tellOf({ scene }: Stage, teller: Teller, { id, fields }: Line): void {
  const who = Object.values(scene.people).find((person) => person.id === fields['recipient'])
  const text = texts[id]?.(String(fields['grant']), String(fields['reason']))
  if (who === undefined || text === undefined) return
  teller.tell({ step: id, about: who.login, text })
}

const texts: Readonly<Record<string, (grant: string, reason: string) => string>> = {
  'grant.requested': (grant) => `may get access (grant ${grant})`,
  'grant.activated': (grant) => `has access (grant ${grant})`,
  'grant.ending': (grant, reason) => `grant ${grant} is ending: ${reason}`,
  'grant.ended': (grant) => `grant ${grant} ended: removed, and read back as gone`,
}
