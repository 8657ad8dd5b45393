import { writersOr } from './least-standing.ts'
import type { VerbDefinition } from './types.ts'
import { alone } from './words.ts'

export const done: VerbDefinition<'done'> = {
  verb: 'done',
  usage: '/access done',
  summary: 'ends your access here early, and takes back what waits for you',
  atLeast: writersOr('holder'),
  who: 'the holder',
  parse: alone({ verb: 'done' }),
  example: '/access done',
}
