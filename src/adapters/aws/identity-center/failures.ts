// A change that was taken, and failed later: its status says why, in words that are made for people.
import { CloudError, type CloudErrorKind } from '../../../domain/errors.ts'
import type { Assignment, Kind, Progress } from './assignment-calls.ts'

/** The first that fits. What none fits may pass by itself. */
const kinds: readonly (readonly [RegExp, CloudErrorKind])[] = [
  [/\b(429|5\d\d) status|throttl|rate exceeded/i, 'transient'],
  [/quota|limit exceeded|maximum number/i, 'quota'],
  [/\b404 status|not found|does ?n[o']t exist/i, 'missing'],
  [/\b409 status|conflict/i, 'conflict'],
  [/\b40[13] status|denied|not authorized/i, 'denied'],
  [/\b400 status|invalid/i, 'invalid'],
]

export const kindOfReason = (why: string): CloudErrorKind =>
  kinds.find(([pattern]) => pattern.test(why))?.[1] ?? 'transient'

const wordsMax = 240

/** One line, and not longer than somebody reads. */
const words = (why: string): string => {
  const line = why.replace(/\s+/g, ' ').trim()
  return line.length > wordsMax ? `${line.slice(0, wordsMax)}…` : line
}

const done: Readonly<Record<Kind, string>> = { creation: 'given', deletion: 'taken away' }

export function failureOf(
  kind: Kind,
  { account, permissionSet }: Assignment,
  { requestId, why = 'no reason was given' }: Progress,
): CloudError {
  return new CloudError(
    kindOfReason(why),
    `AWS: ${permissionSet} in account ${account} was not ${done[kind]}. Identity Center says: ${words(why)} (request ${requestId})`,
  )
}
