import { code } from '../policy/quote.ts'
import { readCode, readGrantId } from './codes.ts'
import { writersOr } from './least-standing.ts'
import { readLogin } from './logins.ts'
import type { RevokeTarget, VerbDefinition } from './types.ts'
import { unexpected } from './words.ts'

function targetOf(word: string): RevokeTarget | undefined {
  const login = readLogin(word)
  if (login !== undefined) return { kind: 'person', login }
  const id = readGrantId(word)
  if (id !== undefined) return { kind: 'grant', id }
  const named = readCode(word)
  return typeof named === 'string' ? { kind: 'code', code: named } : undefined
}

export const revoke: VerbDefinition<'revoke'> = {
  verb: 'revoke',
  usage: '/access revoke [@user | code]',
  summary:
    "takes access away: all that is held here, one person's, or one grant's by its code or id",
  atLeast: writersOr('approver'),
  who: 'whoever may write here, and the approvers',
  parse: ([word, more]) => {
    if (word === undefined) return { verb: 'revoke', target: { kind: 'everything' } }
    if (more !== undefined) return unexpected(more)
    const target = targetOf(word)
    if (target !== undefined) return { verb: 'revoke', target }
    return {
      wrong: `${code(word)} is neither an \`@user\`, nor a code, nor the 12 characters of a grant's id.`,
    }
  },
  example: '/access revoke @octocat',
}
