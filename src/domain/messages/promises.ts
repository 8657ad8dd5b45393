// What the clouds promise about the end of it: said before anybody approves, and again to whoever holds it.
import type { Offer } from '../grants/types.ts'
import {
  earlyEndOf,
  isSelfExpiring,
  leavesSessions,
  residualSecondsOf,
  traitsOf,
} from '../lanes/modes.ts'
import { resourcesOf } from './cloud-words.ts'
import { duration } from './format.ts'

/** How long sessions may outlive all of it, in seconds. 0 when none can. */
export const outlivesBy = ({
  bindings,
  residualSeconds,
}: Pick<Offer, 'bindings' | 'residualSeconds'>): number =>
  Math.max(0, ...bindings.map(({ role }) => residualSecondsOf(role, residualSeconds)))

export const nothingOutlives = 'Nothing outlives it: the cloud evaluates it at each request'

/** Residual, who ends it, what shows that it ended, and what nobody else may do meanwhile. */
export const promisesOf = (offer: Offer): readonly string[] => [
  residualOf(offer),
  ...deadlinesOf(offer),
  ...proofsOf(offer),
]

/** What an end takes to be believed, and an early one to be carried out; and what rests on nobody but Hallpass giving it. */
export function proofsOf({ bindings }: Pick<Offer, 'bindings'>): readonly string[] {
  const traits = bindings.map(({ role }) => traitsOf(role))
  const alone = traits.flatMap(({ exclusive }) => exclusive ?? [])
  return [
    `Counts as ended once ${eachOnce(traits.map(({ proof }) => proof)).join('; and ')}, later than the cloud's answers may lag`,
    ...eachOnce(bindings.flatMap(({ role }) => earlyEndOf(role) ?? [])),
    ...eachOnce(alone).map((what) => `Declared to be Hallpass's alone: ${what}`),
  ]
}

const eachOnce = (all: readonly string[]): readonly string[] => [...new Set(all)]

function residualOf(offer: Offer): string {
  const seconds = outlivesBy(offer)
  return seconds > 0
    ? `A session that was opened in time may outlive it by ${duration(seconds)}${endedEarly(offer)}`
    : nothingOutlives
}

/** At the lease's end sessions run on all the same. */
export function endedEarly({ bindings }: Pick<Offer, 'bindings'>): string {
  const lasting = bindings.map(({ role }) => role).filter(leavesSessions)
  const ended = lasting.filter((role) => role.mode === 'assume-role' && role.endSessions === true)
  if (ended.length === 0) return ''
  return ended.length === lasting.length
    ? '; when it is ended early, sessions are ended too'
    : '; when it is ended early, some sessions are ended too'
}

/** Where not all of it ends alike, each part that the cloud cannot end is named. */
export function deadlinesOf({ bindings }: Pick<Offer, 'bindings'>): readonly string[] {
  const roles = bindings.map(({ role }) => role)
  const lasting = roles.filter((role) => !isSelfExpiring(role))
  if (lasting.length === 0)
    return ['The cloud itself ends it when the lease is over, even if Hallpass is down']
  if (lasting.length === roles.length)
    return ['**The cloud cannot end it by itself:** it lasts until Hallpass removes it']
  const parts = lasting.map((role) => `leave to ${resourcesOf(role)}`)
  return [
    `**The cloud cannot end a part of it by itself:** ${parts.join(', and ')} lasts until Hallpass removes it; the rest ends by itself`,
  ]
}
