import type { Output } from './grants.ts'

/** One thing that has to work. `look` resolves to what was found, and rejects with what is wrong. */
export interface Examination {
  readonly name: string
  readonly look: () => Promise<string>
  /** What to do when it fails. */
  readonly mend: string
}

/** `hallpass doctor`: one line each. Returns the exit status. */
export async function doctor(
  examinations: readonly Examination[],
  output: Output,
): Promise<number> {
  let failed = 0
  for (const { name, look, mend } of examinations) {
    try {
      output.line(`ok    ${name.padEnd(10)} ${await look()}`)
    } catch (error) {
      failed += 1
      const words = error instanceof Error ? error.message : String(error)
      output.line(`FAIL  ${name.padEnd(10)} ${words.replaceAll('\n', '\n                 ')}`)
      output.line(`                 → ${mend}`)
    }
  }
  return failed === 0 ? 0 : 1
}
