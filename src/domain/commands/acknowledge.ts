import { readCode } from './codes.ts'
import { writersOr } from './least-standing.ts'
import type { VerbDefinition } from './types.ts'
import { isWrong, unexpected } from './words.ts'

export const acknowledge: VerbDefinition<'acknowledge'> = {
  verb: 'acknowledge',
  usage: '/access acknowledge <code>',
  summary: 'says that a break-glass was reviewed, so that its holder may break the glass again',
  atLeast: writersOr('reviewer'),
  who: "the role's break-glass reviewers, never the holder or the requester",
  parse: ([word, more]) => {
    const code = readCode(word)
    if (isWrong(code)) return code
    return more === undefined ? { verb: 'acknowledge', code } : unexpected(more)
  },
  example: '/access acknowledge 3VTN-8R0C',
}
