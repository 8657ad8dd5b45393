// The simulated cloud's process, seen from the bench.
import { startFar } from '../far.ts'
import type { FarScene } from './scene.ts'
import type { CloudKind, Question } from './twin-process.ts'
import type { Removal, Size, Twin } from './twin.ts'

export interface FarTwin extends Pick<Twin, 'connection' | 'holdings'> {
  standing(): Promise<number>
  since(at: number): Promise<{
    readonly removals: readonly Removal[]
    readonly calls: number
    readonly foreignTouched: number
  }>
  close(): void
}

const start = () => startFar<Question>('twin-process.ts', import.meta.url)

export async function openTwin(cloud: CloudKind, size: Size): Promise<FarTwin> {
  const { ask, close } = start()
  const opened = await ask<Pick<Twin, 'connection' | 'holdings'>>({ ask: 'open', cloud, size })
  return {
    ...opened,
    standing: () => ask({ ask: 'standing' }),
    since: (at) => ask({ ask: 'removals', since: at }),
    close,
  }
}

/** A GitHub with so many open pull requests. */
export async function openGitHub(pulls: number): Promise<FarScene & { close(): void }> {
  const { ask, close } = start()
  return { ...(await ask<FarScene>({ ask: 'github', pulls })), close }
}
