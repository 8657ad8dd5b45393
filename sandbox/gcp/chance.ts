// A cloud that fails by chance, and does so again in the same way when asked with the same seed.
import { dice } from '../dice.ts'
import type { Ending } from './call-log.ts'
import { GcpFault, type Code } from './fault.ts'

export interface Unreliable {
  /** From 0 to 1. */
  readonly share: number
  readonly seed: number
  /** How late a slow call is carried out. 50 when left out. */
  readonly slowMs?: number
  /** How far behind a stale read is. When left out, it shows the version before the latest. */
  readonly staleMs?: number
}

export type Stroke =
  | { readonly kind: 'instead' | 'after'; readonly ending: Ending }
  | { readonly kind: 'slow'; readonly ms: number }
  | { readonly kind: 'stale'; readonly ms: number | undefined }

export function createChance({ share, seed, slowMs = 50, staleMs }: Unreliable) {
  const next = dice(String(seed))
  const fault = (kind: 'instead' | 'after', code: Code): Stroke => ({
    kind,
    ending: new GcpFault(code, 'By chance'),
  })
  const strokes: readonly Stroke[] = [
    fault('instead', 'RESOURCE_EXHAUSTED'),
    fault('instead', 'UNAVAILABLE'),
    fault('instead', 'INTERNAL'),
    fault('after', 'UNAVAILABLE'),
    fault('after', 'DEADLINE_EXCEEDED'),
    { kind: 'after', ending: 'cut' },
    { kind: 'slow', ms: slowMs },
    { kind: 'stale', ms: staleMs },
  ]
  return (operation: string): Stroke | undefined => {
    const [struck, which] = [next() < share, next()]
    if (!struck) return undefined
    // Only reads can be stale: it stands last.
    const possible = operation.endsWith('.GetIamPolicy') ? strokes : strokes.slice(0, -1)
    return possible[Math.floor(which * possible.length)]
  }
}
