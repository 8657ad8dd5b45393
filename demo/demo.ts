// `hallpass demo`: the main job from the first webhook to the proven end, against a simulated GitHub and three simulated clouds.
import { createTeller, type Teller } from './teller.ts'

export interface DemoOptions {
  readonly exit: boolean
  readonly json: boolean
}

/** Returns the exit status: 0 when every step was seen to happen. */
export async function demo(options: DemoOptions): Promise<number> {
  const write = (line: string) => process.stdout.write(`${line}\n`)
  const teller = createTeller(options.json, write, () => performance.now())
  teller.say('Starting a simulated GitHub, AWS, Google Cloud and Azure …')
  try {
    await perform(options, teller)
    return 0
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    teller.end({ result: 'failed', reason }, `\nThe demo failed: ${reason}`)
    return 1
  }
}

async function perform({ exit }: DemoOptions, teller: Teller): Promise<void> {
  const stopped = interruption()
  // Loaded only here: on a busy machine it takes seconds, and something was said before.
  const [{ play }, { openStage }, { stayUp }] = await Promise.all([
    import('./play.ts'),
    import('./stage.ts'),
    import('./stay-up.ts'),
  ])
  const stage = await openStage((text) => teller.say(text))
  try {
    await Promise.race([play(stage, teller), stopped.then(cutShort)])
    if (!exit) await stayUp(stage, teller, stopped)
  } finally {
    await stage.close()
  }
}

const interruption = (): Promise<void> =>
  new Promise((resolve) => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
  })

function cutShort(): never {
  throw new Error('it was interrupted')
}
