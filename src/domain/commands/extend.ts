import { writersOr } from './least-standing.ts'
import type { VerbDefinition } from './types.ts'
import { isWrong, readSeconds, unexpected } from './words.ts'

export const extend: VerbDefinition<'extend'> = {
  verb: 'extend',
  usage: '/access extend <duration>',
  summary: 'asks for a longer lease, with the approval that the first one needed',
  atLeast: writersOr('holder'),
  who: 'the holder',
  parse: ([word, more]) => {
    const leaseSeconds = readSeconds(word)
    if (isWrong(leaseSeconds)) return leaseSeconds
    return more === undefined ? { verb: 'extend', leaseSeconds } : unexpected(more)
  },
  example: '/access extend 2h',
}
