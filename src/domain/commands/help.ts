import { readers } from './least-standing.ts'
import type { VerbDefinition } from './types.ts'
import { alone } from './words.ts'

export const help: VerbDefinition<'help'> = {
  verb: 'help',
  usage: '/access help',
  summary: 'lists the commands',
  atLeast: readers,
  who: 'anyone who is heard',
  parse: alone({ verb: 'help' }),
  example: '/access help',
}
