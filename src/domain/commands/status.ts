import { readers } from './least-standing.ts'
import type { VerbDefinition } from './types.ts'
import { alone } from './words.ts'

export const status: VerbDefinition<'status'> = {
  verb: 'status',
  usage: '/access status',
  summary: 'shows who holds or asks for what here',
  atLeast: readers,
  who: 'anyone who is heard',
  parse: alone({ verb: 'status' }),
  example: '/access status',
}
