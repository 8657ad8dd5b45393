// What a person has to look at in a cloud: told once when it is found, and once when it is over.
import type { Instant } from '../time.ts'
import type { Judged } from './judge-found.ts'
import { digestOf } from './orphans.ts'
import { principalInWords } from './principals.ts'

export interface Alarm {
  /** The same for the same thing: `stranger/<binding>`, `orphans/<place>/<digest>`. */
  readonly id: string
  readonly placeId: string
  /** Since when it is known. */
  readonly at: Instant
  /** A sentence for whoever looks after the cloud. */
  readonly text: string
}

/** `asked`: what of the place waits for a person. */
export function alarmsOf(
  placeId: string,
  judged: readonly Judged[],
  asked: readonly Judged[],
  at: Instant,
): readonly Alarm[] {
  const strangers = judged.filter(({ verdict }) => verdict === 'stranger')
  const alarms = strangers.map((each) => ({
    id: `stranger/${each.id}`,
    placeId,
    at,
    text: `${whatOf(each)} was not given by Hallpass, and the policy says that nobody else gives it there. It is left as it is: remove it, or stop calling the place exclusive.`,
  }))
  if (asked.length === 0) return alarms
  const many = asked.length === 1 ? 'One binding bears' : `${asked.length} bindings bear`
  const text = `${many} this Hallpass's mark and no live grant accounts for it, as after an old backup was restored. \`hallpass reconcile\` lists them and tells how to have them removed.`
  return [...alarms, { id: `orphans/${placeId}/${digestOf(asked)}`, placeId, at, text }]
}

/** Plain words for one thing that was found. */
export const whatOf = ({ found }: Judged): string =>
  found.kind === 'unmarked'
    ? found.what
    : `${found.binding.name} of ${principalInWords(found.binding.principal)}`
