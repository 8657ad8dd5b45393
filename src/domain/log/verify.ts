// What lets somebody who trusts neither the operator nor the database check the log.
import { canonicalJson, sha256Hex } from './canonical.ts'
import { isRecord } from './personal.ts'
import type { LoggedEvent, PersonalValue } from './types.ts'

export interface ChainEnd {
  readonly position: number
  readonly hash: string
}

/** What the first line follows. */
export const genesis: ChainEnd = { position: 0, hash: '0'.repeat(64) }

export type ChainVerdict =
  /** How many lines there were, and where the chain stands after them. */
  | { readonly ok: true; readonly count: number; readonly last: ChainEnd }
  /** The first position at which the chain does not hold. */
  | { readonly ok: false; readonly position: number; readonly why: string }

/**
 * Whether each line is what its hash says, follows its predecessor without a gap, and is canonical text.
 * NB: lines cut off at the end leave a shorter chain that holds: compare `last` with one that was kept elsewhere.
 */
export function verifyChain(lines: Iterable<LoggedEvent>, from: ChainEnd = genesis): ChainVerdict {
  let last = from
  let count = 0
  for (const line of lines) {
    const why = faultOf(line, last)
    if (why !== undefined) return { ok: false, position: last.position + 1, why }
    last = { position: line.position, hash: line.hash }
    count++
  }
  return { ok: true, count, last }
}

/** Whether a kept personal value is the one its commitment was made for. */
export function verifyPersonal({ commitment, salt, value }: PersonalValue): boolean {
  return /^[0-9a-f]{32}$/.test(salt) && sha256Hex(Buffer.from(salt, 'hex'), value) === commitment
}

function faultOf(line: LoggedEvent, before: ChainEnd): string | undefined {
  if (line.position !== before.position + 1) {
    return `position ${line.position} follows position ${before.position}`
  }
  if (sha256Hex(line.canonical) !== line.hash) return 'its text does not have its hash'
  const read = parsed(line.canonical)
  if (!isRecord(read)) return 'its text is not canonical JSON'
  if (read['position'] !== line.position) return 'its text holds another position'
  if (read['previous'] !== before.hash) return 'its text names another predecessor'
  return undefined
}

/** Undefined unless the text is canonical: a second spelling could be read differently by another reader. */
function parsed(canonical: string): unknown {
  try {
    const read: unknown = JSON.parse(canonical)
    return canonicalJson(read) === canonical ? read : undefined
  } catch {
    return undefined
  }
}
