import type { Output } from './grants.ts'
import { withoutSecrets } from '../../domain/redact.ts'

/** One thing that has to work. `look` resolves to what was found, and rejects with what is wrong. */
export interface Examination {
  readonly name: string
  look(): Promise<string>
  /** What to do when it fails, unless the Ailment knows better. */
  readonly mend: string
}

/** What is wrong, and what to do about just that. */
export class Ailment extends Error {
  override name = 'Ailment'
  readonly mend: string
  constructor(message: string, mend: string, options?: { cause?: unknown }) {
    super(message, options)
    this.mend = mend
  }
}

/** It could not be looked at, for a reason that another line tells, or that passes. */
export class Skipped extends Error {
  override name = 'Skipped'
}

const indent = ' '.repeat(17)

/** `hallpass doctor`: one line each. Returns the exit status. */
export async function doctor(
  examinations: readonly Examination[],
  output: Output,
): Promise<number> {
  let failed = 0
  for (const examination of examinations) {
    const { name, mend } = examination
    try {
      output.line(`ok    ${name.padEnd(10)} ${await examination.look()}`)
    } catch (error) {
      if (error instanceof Skipped) {
        output.line(`skip  ${name.padEnd(10)} ${withoutSecrets(error.message)}`)
        continue
      }
      failed += 1
      const words = withoutSecrets(error instanceof Error ? error.message : String(error))
      output.line(`FAIL  ${name.padEnd(10)} ${words.replaceAll('\n', `\n${indent}`)}`)
      output.line(`${indent}→ ${error instanceof Ailment ? error.mend : mend}`)
    }
  }
  return failed === 0 ? 0 : 1
}
