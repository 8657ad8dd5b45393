import { readCode } from './codes.ts'
import { writersOr } from './least-standing.ts'
import type { VerbDefinition } from './types.ts'
import { isWrong, unexpected } from './words.ts'

export const approve: VerbDefinition<'approve'> = {
  verb: 'approve',
  usage: '/access approve <code>',
  summary: 'says yes to what is waiting under this code',
  atLeast: writersOr('approver'),
  who: 'the approvers whom the policy names now, where it separates not for themselves',
  parse: ([word, more]) => {
    const code = readCode(word)
    if (isWrong(code)) return code
    return more === undefined ? { verb: 'approve', code } : unexpected(more)
  },
  example: '/access approve K7Q2-9MXD',
}
