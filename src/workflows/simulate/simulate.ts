// What would happen, and why, without doing it.
import { askOf, type AskingSignal } from '../../domain/policy/ask-of.ts'
import type { Policy } from '../../domain/policy/types.ts'
import type { Signal } from '../../domain/signals.ts'
import type { Instant } from '../../domain/time.ts'
import type { Assumptions, Known } from './known.ts'
import { simulateAsk, type SimulatedAsk } from './simulate-ask.ts'
import { simulateSaid, type SimulatedCommand } from './simulate-command.ts'
import { simulateEnds, type SimulatedEnd } from './simulate-end.ts'
import { simulatedDeps } from './simulated-deps.ts'

export type Simulated =
  | { readonly kind: 'asks'; readonly asks: SimulatedAsk }
  | { readonly kind: 'ends'; readonly ends: readonly SimulatedEnd[] }
  | { readonly kind: 'commands'; readonly commands: readonly SimulatedCommand[] }
  | { readonly kind: 'nothing'; readonly why: string }

export async function simulate(
  signal: Signal,
  { policy, known, now, assumed }: Simulation,
): Promise<Simulated> {
  const deps = simulatedDeps(known, now, assumed)
  if (isAsking(signal))
    return { kind: 'asks', asks: await simulateAsk(deps, policy, askOf(signal)) }
  if (signal.type !== 'CommandWritten' && signal.type !== 'ButtonPressed')
    return { kind: 'ends', ends: simulateEnds(policy, known, signal) }
  const commands = await simulateSaid(deps, policy, signal)
  return typeof commands === 'string'
    ? { kind: 'nothing', why: commands }
    : { kind: 'commands', commands }
}

const asking: ReadonlySet<Signal['type']> = new Set<AskingSignal['type']>([
  'ReviewRequested',
  'TeamReviewRequested',
  'LabelAdded',
  'Assigned',
])
const isAsking = (signal: Signal): signal is AskingSignal => asking.has(signal.type)

export interface Simulation {
  readonly policy: Policy
  readonly known: Known
  readonly now: Instant
  readonly assumed: Assumptions
}
