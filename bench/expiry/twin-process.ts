// A simulated cloud on request, for the process that started this one.
import { answerAll } from '../far.ts'
import { awsTwin } from './twin-aws.ts'
import { azureTwin } from './twin-azure.ts'
import { gcpTwin } from './twin-gcp.ts'
import { openScene, type FarScene } from './scene.ts'
import type { Size, Twin } from './twin.ts'

export type CloudKind = 'gcp' | 'aws' | 'azure'
export type Question =
  | { readonly ask: 'open'; readonly cloud: CloudKind; readonly size: Size }
  | { readonly ask: 'github'; readonly pulls: number }
  | { readonly ask: 'standing' }
  | { readonly ask: 'removals'; readonly since: number }

const openers: Readonly<Record<CloudKind, (size: Size) => Promise<Twin>>> = {
  gcp: gcpTwin,
  aws: awsTwin,
  azure: azureTwin,
}

let twin: Twin | undefined

async function answer(question: Question): Promise<unknown> {
  if (question.ask === 'open') {
    twin = await openers[question.cloud](question.size)
    return { connection: twin.connection, holdings: twin.holdings }
  }
  if (question.ask === 'github') return openScene(question.pulls) satisfies Promise<FarScene>
  if (twin === undefined) throw new Error('Nothing is open')
  if (question.ask === 'standing') return twin.standing()
  return {
    removals: twin.removals().filter(({ at }) => at >= question.since),
    calls: twin.callsSince(question.since),
    foreignTouched: twin.foreignTouched(),
  }
}

answerAll(answer)
