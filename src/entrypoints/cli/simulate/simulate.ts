import { formatProblem } from '../../../domain/policy/format-problem.ts'
import type { Output } from '../grants.ts'
import { readPolicyFiles } from '../read-policy-files.ts'
import { factsFile, type FactsFile } from './facts-file.ts'
import { readJson, type Read } from './read-json.ts'
import { eventFile, simulateEvent } from './simulate-event.ts'
import { simulatedLines } from './simulated-lines.ts'

export interface SimulateOptions {
  readonly policy: string
  readonly rules?: string
  readonly facts?: string
  readonly at?: string
  readonly json?: true
}

/** `hallpass simulate <event.json>`: what would happen, and why, without doing it. Returns the exit status. */
export async function simulateFile(
  file: string,
  options: SimulateOptions,
  output: Output,
): Promise<number> {
  const event = readJson(file, eventFile)
  const facts: Read<FactsFile> =
    options.facts === undefined ? { ok: true, value: {} } : readJson(options.facts, factsFile)
  const policy = readPolicyFiles(options.policy, options.rules)
  const at = instantOf(options.at)
  const problems = [
    ...(event.ok ? [] : [...event.problems, eventHint]),
    ...(facts.ok
      ? []
      : [...facts.problems, 'examples/facts.json shows what a facts file may hold.']),
    ...(policy.ok ? [] : policy.problems.map(formatProblem)),
    ...(Number.isNaN(at) ? ['--at takes a time such as 2026-11-22T17:00:00Z.'] : []),
  ]
  if (!event.ok || !facts.ok || !policy.ok || problems.length > 0) {
    if (options.json === true) output.line(JSON.stringify({ problems }, null, 2))
    else for (const problem of problems) output.line(problem)
    return 1
  }
  const simulated = await simulateEvent(event.value, {
    policy: policy.policy,
    facts: facts.value,
    at,
  })
  if (options.json === true) output.line(JSON.stringify(simulated, null, 2))
  else for (const line of simulatedLines(simulated)) output.line(line)
  return 0
}

const eventHint =
  'An event file holds {"name": "pull_request", "payload": {…}}: the name is that of the header X-GitHub-Event.'

/** NaN for what is no time. */
function instantOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text)
    ? Date.parse(text)
    : Number.NaN
}
