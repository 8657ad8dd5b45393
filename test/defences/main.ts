// `npm run defences`: takes each defence out in turn and shows that a test notices. With `--only ID` (as often as
// wanted; a part of an id will do), `--in FOLDER` (those whose test is there), `--json`, `--jobs N`.
import { parseArgs } from 'node:util'
import { resolve } from 'node:path'
import { copyTree, type Copy } from './copy.ts'
import { titleOf, type Defence } from './defence.ts'
import { defences } from './defences.ts'
import { named, runTests, type Outcome } from './run-tests.ts'

interface Verdict {
  readonly id: string
  readonly what: string
  readonly test: string
  readonly noticed: boolean
  readonly how: string
}

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    in: { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
    jobs: { type: 'string', default: '2' },
  },
})

const root = resolve(import.meta.dirname, '../..')
const chosen = defences.filter(
  ({ id, test }) =>
    test.file.startsWith(values.in) && (values.only ?? ['']).some((part) => id.includes(part)),
)
const say = (line: string): void => {
  process.stderr.write(`${line}\n`)
}

async function judge(copy: Copy, defence: Defence, whole: Outcome): Promise<Verdict> {
  const { id, what, test } = defence
  const verdict = (noticed: boolean, how: string): Verdict => ({
    id,
    what,
    test: `${test.file}: ${titleOf(test)}`,
    noticed,
    how,
  })
  const before = named(whole, test)
  if (before.length === 0) return verdict(false, 'there is no such test')
  if (before.some(({ passed }) => !passed)) return verdict(false, 'it fails with the defence too')
  const outcome = await copy.disarmed(defence, () => runTests(copy.at, [test], { bail: true }))
  if (outcome.broken.length > 0) return verdict(false, `nothing ran: ${outcome.broken.join('; ')}`)
  const failed = named(outcome, test).filter(({ passed }) => !passed)
  return failed[0] === undefined
    ? verdict(false, 'NOBODY NOTICED')
    : verdict(true, `failed: ${failed[0].title}`)
}

async function main(): Promise<void> {
  if (chosen.length === 0)
    throw new Error(
      'No defence fits --only and --in: test/defences/entries has their ids and tests.',
    )
  const jobs = Math.max(1, Math.min(Number(values.jobs) || 1, chosen.length))
  const copies = await Promise.all(Array.from({ length: jobs }, () => copyTree(root)))
  try {
    say(`${chosen.length} defences; first the tests as they are`)
    const tests = chosen.map(({ test }) => test)
    const whole = await runTests(copies[0]?.at ?? root, tests, { bail: false })
    const verdicts = await inTurn(copies, whole)
    tell(verdicts)
    process.exitCode = verdicts.every(({ noticed }) => noticed) ? 0 : 1
  } finally {
    await Promise.all(copies.map((copy) => copy.remove()))
  }
}

async function inTurn(copies: readonly Copy[], whole: Outcome): Promise<readonly Verdict[]> {
  const waiting = [...chosen]
  const verdicts: Verdict[] = []
  await Promise.all(
    copies.map(async (copy) => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const verdict = await judge(copy, next, whole)
        verdicts.push(verdict)
        say(`${verdicts.length}/${chosen.length} ${word(verdict)} ${verdict.id}: ${verdict.how}`)
      }
    }),
  )
  return verdicts.toSorted((a, b) => place(a) - place(b))
}

const place = ({ id }: Verdict): number => chosen.findIndex((defence) => defence.id === id)
const word = ({ noticed }: Verdict): string => (noticed ? 'ok    ' : 'FAILED')

function tell(verdicts: readonly Verdict[]): void {
  const missed = verdicts.filter(({ noticed }) => !noticed).length
  if (values.json) {
    process.stdout.write(
      `${JSON.stringify({ result: missed === 0 ? 'ok' : 'failed', defences: verdicts.length, missed, verdicts })}\n`,
    )
    return
  }
  for (const { id, what, test, noticed, how } of verdicts)
    process.stdout.write(
      `${noticed ? 'ok    ' : 'FAILED'} ${id.padEnd(32)} ${what}\n       ${test}${noticed ? '' : `\n       ${how}`}\n`,
    )
  process.stdout.write(`${verdicts.length - missed} of ${verdicts.length} are noticed.\n`)
}

await main()
