import { readCode } from './codes.ts'
import { writers } from './least-standing.ts'
import type { VerbDefinition } from './types.ts'
import { isWrong, unexpected } from './words.ts'

export const withdraw: VerbDefinition<'withdraw'> = {
  verb: 'withdraw',
  usage: '/access withdraw [code]',
  summary: 'takes back what waits for approval: all of yours here, or what has this code',
  atLeast: { ...writers, title: 'holder' },
  who: 'the recipient and the requester',
  parse: ([word, more]) => {
    if (word === undefined) return { verb: 'withdraw', code: undefined }
    const code = readCode(word)
    if (isWrong(code)) return code
    return more === undefined ? { verb: 'withdraw', code } : unexpected(more)
  },
  example: '/access withdraw',
}
