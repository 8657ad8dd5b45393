import { readers } from './least-standing.ts'
import type { VerbDefinition } from './types.ts'
import { alone } from './words.ts'

export const roles: VerbDefinition<'roles'> = {
  verb: 'roles',
  usage: '/access roles',
  summary: 'lists the roles that you could ask for here, and what each would take',
  atLeast: readers,
  who: 'anyone who is heard',
  parse: alone({ verb: 'roles' }),
  example: '/access roles',
}
