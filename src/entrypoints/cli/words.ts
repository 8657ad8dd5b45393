// What is said and heard at the command line, without what looks like a credential.
import { existsSync } from 'node:fs'
import { ConfigError, LedgerUnclaimed } from '../../domain/errors.ts'
import { withoutSecrets } from '../../domain/redact.ts'

/**
 * The words that were typed. NB: people paste keys and addresses with passwords in the wrong place, and what was typed
 * is repeated in many a sentence, or recorded. The name of a file that is there is one, whatever it looks like.
 */
export const typedWords = (words: readonly string[]): string[] =>
  words.map((word) => (existsSync(word) ? word : withoutSecrets(word)))

/** A command as whoever runs Hallpass types it: it is not installed on anybody's path. */
export const typed = (command: string): string => `npm run hallpass -- ${command}`

/** NB: a stack and its causes may quote what a call was made with. */
export const lastWords = (error: unknown): string => withoutSecrets(told(error))

/** A setting that is wrong needs its sentence; anything else is a fault, and needs its stack and what was behind it. */
function told(error: unknown): string {
  if (error instanceof ConfigError || error instanceof LedgerUnclaimed) return error.message
  if (!(error instanceof Error)) return String(error)
  const own = error.stack ?? error.message
  return error.cause === undefined ? own : `${own}\nbecause: ${told(error.cause)}`
}
