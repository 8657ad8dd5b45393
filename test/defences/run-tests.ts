// Tests by file and title, in a copy of the tree, and what became of each.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { titleOf, type Defence } from './defence.ts'

export interface Ran {
  readonly file: string
  readonly title: string
  readonly passed: boolean
}

/** `broken`: a file could not even be loaded, so that it says nothing about what it tests. */
export interface Outcome {
  readonly ran: readonly Ran[]
  readonly broken: readonly string[]
}

interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message: string
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[]
  }[]
}

/** Well above what any of these tests takes on a busy machine: what is longer has hung, which is a failure. */
const testMsMax = 30_000

export async function runTests(
  at: string,
  tests: readonly Defence['test'][],
  options: { readonly bail: boolean },
): Promise<Outcome> {
  const report = join(at, `.defences-${process.pid}.json`)
  const files = [...new Set(tests.map(({ file }) => file))]
  const titles = [...new Set(tests.map(patternOf))].join('|')
  const args = [
    join(at, 'node_modules/vitest/vitest.mjs'),
    'run',
    ...files,
    '--testNamePattern',
    titles,
    '--reporter=json',
    `--outputFile=${report}`,
    `--testTimeout=${testMsMax}`,
    '--maxWorkers=1',
    ...(options.bail ? ['--bail=1'] : []),
  ]
  const child = spawn(process.execPath, args, { cwd: at, stdio: ['ignore', 'ignore', 'pipe'] })
  let words = ''
  child.stderr.on('data', (chunk: Buffer) => {
    words = `${words}${chunk.toString()}`.slice(-4000)
  })
  await once(child, 'close')
  const text = await readFile(report, 'utf8').catch(() => undefined)
  await rm(report, { force: true })
  if (text === undefined) throw new Error(`vitest gave no report: ${words}`)
  return outcomeOf(at, JSON.parse(text) as Report)
}

const patternOf = ({ title }: Defence['test']): string => [title].flat().map(literally).join('.*')
const literally = (title: string): string =>
  title.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)

function outcomeOf(at: string, { testResults }: Report): Outcome {
  const ran = testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === 'passed' || status === 'failed')
      .map(({ fullName, status }) => ({
        file: name.slice(at.length + 1),
        title: fullName,
        passed: status === 'passed',
      })),
  )
  const broken = testResults
    .filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0)
    .map(({ message }) => message.split('\n')[0] ?? '')
  return { ran, broken }
}

/** Those of a run that an entry names. */
export const named = ({ ran }: Outcome, test: Defence['test']): readonly Ran[] =>
  ran.filter(({ file, title }) => file === test.file && title.includes(titleOf(test)))
