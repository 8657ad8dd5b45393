import { readCode } from './codes.ts'
import { writersOr } from './least-standing.ts'
import type { VerbDefinition } from './types.ts'
import { isWrong, readBecause } from './words.ts'

export const deny: VerbDefinition<'deny'> = {
  verb: 'deny',
  usage: '/access deny <code> [because <reason>]',
  summary: 'says no to what is waiting under this code',
  atLeast: writersOr('approver'),
  who: 'the approvers whom the policy names now',
  parse: ([word, ...rest]) => {
    const code = readCode(word)
    if (isWrong(code)) return code
    const because = readBecause(rest)
    return isWrong(because) ? because : { verb: 'deny', code, because }
  },
  example: '/access deny K7Q2-9MXD because staging is enough',
}
