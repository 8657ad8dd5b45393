// The policy, to be changed: what is saved holds from the next decision on.
import { readFile, rename, writeFile } from 'node:fs/promises'
import { parseOrganizationPolicy } from '../../src/domain/policy/parse.ts'
import { originalPolicy, type Stage } from '../stage.ts'

export interface Saved {
  readonly ok: boolean
  /** What became of it: one problem a line where it was refused. */
  readonly said: string
}

export const currentPolicy = ({ policyPath }: Stage): Promise<string> =>
  readFile(policyPath, 'utf8')

export async function savePolicy(stage: Stage, written: string): Promise<Saved> {
  const text = written.replaceAll('\r\n', '\n')
  const parsed = parseOrganizationPolicy(text, 'policy.yml')
  if (!parsed.ok) {
    const lines = parsed.problems.map(
      ({ line, column, message }) => `Line ${line}, column ${column}: ${message}`,
    )
    return { ok: false, said: ['Not saved: the former policy holds.', ...lines].join('\n') }
  }
  // Whole or not at all: the app may read it at this very moment.
  await writeFile(`${stage.policyPath}.new`, text)
  await rename(`${stage.policyPath}.new`, stage.policyPath)
  return { ok: true, said: 'Saved. It holds from the next decision on.' }
}

export async function restorePolicy(stage: Stage): Promise<Saved> {
  await savePolicy(stage, await readFile(originalPolicy, 'utf8'))
  return { ok: true, said: 'The policy of the beginning holds again.' }
}
