// The world on request: the simulated services, and the people who ask and review.
import { answerAll } from '../far.ts'
import { time, type TimeQuestion } from '../latency/time.ts'
import { play } from './play.ts'
import { openWorld, type World, type WorldSize } from './world.ts'

export type WorldQuestion =
  | { readonly ask: 'open'; readonly size: WorldSize }
  | { readonly ask: 'play'; readonly url: string; readonly grants: number; readonly atOnce: number }
  | ({ readonly ask: 'time' } & TimeQuestion)

let world: World | undefined

answerAll(async (question: WorldQuestion) => {
  if (question.ask === 'open') {
    world = await openWorld(question.size)
    return world.place
  }
  if (world === undefined) throw new Error('There is no world yet')
  return question.ask === 'play' ? play(world, question) : time(world, question)
})
