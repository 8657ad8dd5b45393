import { code } from '../policy/quote.ts'
import { readers } from './least-standing.ts'
import { readLogin } from './logins.ts'
import type { CommandOf, VerbDefinition, Wrong } from './types.ts'
import { isWrong, readRole, unexpected } from './words.ts'

function about(login: string | undefined, words: readonly string[]): CommandOf<'why'> | Wrong {
  const [word, more] = words
  const role = readRole(word)
  if (isWrong(role)) return role
  return more === undefined ? { verb: 'why', login, role } : unexpected(more)
}

export const why: VerbDefinition<'why'> = {
  verb: 'why',
  usage: '/access why [@user] <role>',
  summary: 'shows step by step why you would, or would not, receive a role here',
  atLeast: readers,
  who: 'anyone who is heard; about others the approvers alone',
  parse: (words) => {
    const [first, ...rest] = words
    if (first?.startsWith('@') !== true) return about(undefined, words)
    const login = readLogin(first)
    return login === undefined ? { wrong: `${code(first)} is no user.` } : about(login, rest)
  },
  example: '/access why orders-deploy',
}
