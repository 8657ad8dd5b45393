// What a holder needs to know about one grant that is not over yet.
import { needsSessionsUntil } from '../grants/phases.ts'
import { bindingsOf, sharedIdOf } from '../lanes/bindings-of.ts'
import type {
  Active,
  Approved,
  Ending,
  Extension,
  Grant,
  Live,
  Offer,
  Requested,
} from '../grants/types.ts'
import { approvalInWords } from './answers/takes.ts'
import { givenSoFar } from './approval-words.ts'
import { byHand } from './by-hand.ts'
import { resourcesOf, whoIn } from './cloud-words.ts'
import { code, prose, sentence } from './escape.ts'
import { duration, utc } from './format.ts'
import { howToUse, shell } from './how-to.ts'
import { approving, denying, withdrawing } from './next-step.ts'
import { changesIn } from './offer-changes.ts'
import { until } from './offer-words.ts'
import { deadlinesOf, endedEarly, nothingOutlives, outlivesBy, proofsOf } from './promises.ts'
import { sessionsUntilMax } from './state.ts'

export function grantSection(grant: Live | Requested, instance: string): string {
  const { offer } = grant.revision
  const title = `**${code(offer.recipient.login)}: ${code(offer.role)}**, grant ${code(grant.id)}`
  return [title, ...bodyOf(grant, instance), ...trouble(grant, instance)].join('\n\n')
}

function bodyOf(grant: Live | Requested, instance: string): readonly string[] {
  switch (grant.phase) {
    case 'requested':
      return [list(whatIsAsked(grant))]
    case 'approved':
    case 'active':
      return [
        ...howToUse(grant, instance),
        list([
          ...asking(grant.revision.offer),
          ...filledIn(grant.revision.offer),
          ...outliving(grant),
          ...endings(grant),
          ...drifted(grant),
          ...longer(grant),
        ]),
      ]
    case 'ending':
      return [...standing(grant, instance)]
    default:
      return grant satisfies never
  }
}

function whatIsAsked(grant: Requested): readonly string[] {
  const { offer } = grant.revision
  return [
    `Why: ${sentence(offer.because)}`,
    ...asking(offer),
    ...filledIn(offer),
    `Needs ${approvalInWords(offer.approval)}; ${givenSoFar(grant)}`,
    waysOut(grant),
    ...changes(grant),
    ...offer.bindings.map(({ role, principal }) => `Lets ${whoIn(principal)} ${resourcesOf(role)}`),
    ...(outlivesBy(offer) > 0
      ? [`Sessions may outlive the lease by ${duration(outlivesBy(offer))}${endedEarly(offer)}`]
      : []),
    ...deadlinesOf(offer),
    ...proofsOf(offer),
  ]
}

const cameTo = { denied: 'denied', withdrawn: 'withdrawn', lapsed: 'not approved in time' } as const

/** A new code stands for something else than the one that was shown before. */
function changes({ formerOffer, revision }: Requested): readonly string[] {
  if (formerOffer === undefined) return []
  const differing = changesIn(formerOffer, revision.offer).join('; ')
  return [
    `**It changed since it was shown before** (${differing}), so former codes and approvals do not count`,
  ]
}

/** The commands of whoever has a say in what waits. */
const waysOut = (waiting: Pick<Extension, 'revision'>): string =>
  `To approve it, write ${approving(waiting)}; to refuse it, ${denying(waiting)}; to take it back, ${withdrawing(waiting)}`

function asking({ requester, recipient, reason }: Offer): readonly string[] {
  const other = requester.id === recipient.id ? [] : [`Asked for by ${code(requester.login)}`]
  return reason === undefined ? other : [...other, `Their reason: ${prose(reason)}`]
}

const filledIn = ({ parameters }: Offer): readonly string[] =>
  Object.entries(parameters).map(
    ([name, values]) => `Only for ${code(name)}: ${values.map((each) => code(each)).join(', ')}`,
  )

function longer({ extension, refusedExtension }: Approved | Active): readonly string[] {
  if (extension === undefined)
    return refusedExtension === undefined
      ? []
      : [
          `The longer lease under ${code(refusedExtension.code)} was ${cameTo[refusedExtension.outcome]}`,
        ]
  const { offer } = extension.revision
  return [
    `**A longer lease waits for approval:** ${duration(offer.leaseSeconds)} from then on. It needs ${approvalInWords(offer.approval)}; ${givenSoFar(extension)}. ${waysOut(extension)}`,
  ]
}

function outliving(grant: Approved | Active): readonly string[] {
  const until = sessionsUntilMax(grant)
  return until === undefined
    ? [nothingOutlives]
    : [`A session that was opened in time may outlive the lease, until ${utc(until)}`]
}

const endings = (grant: Approved | Active): readonly string[] => [
  `Ends at ${utc(grant.endsAt)}, or with ${until(grant.revision.offer)}`,
  ...deadlinesOf(grant.revision.offer),
]

const drifted = ({ driftedAt }: Approved | Active): readonly string[] =>
  driftedAt === undefined
    ? []
    : [
        `**Somebody changed it in the cloud**, as was seen at ${utc(driftedAt)}: it is put back to what was granted`,
      ]

function trouble(grant: Grant, instance: string): readonly string[] {
  if (grant.stuck === undefined) return []
  const { since, because } = grant.stuck
  const told = `**Stuck since ${utc(since)}**, because ${prose(because)}`
  if (grant.phase !== 'ending') return [told]
  const left = stillThere(grant, instance)
  if (left.length === 0) return [told]
  const isShared = left.some(({ role, principal }) => sharedIdOf(role, principal) !== undefined)
  const unless = isShared ? ', unless another grant of theirs still gives it' : ''
  return [
    told,
    `Hallpass goes on trying. To remove it by hand${unless}:`,
    shell(left.map(byHand).join('\n')),
  ]
}

function standing(grant: Ending, instance: string): readonly string[] {
  const left = stillThere(grant, instance)
  if (left.length === 0) return [overButForSessions(grant)]
  const places = left.map(({ name, principal }) => `${code(name)} on ${whoIn(principal)}`)
  return [list([`Not yet proven gone: ${places.join(', ')}`])]
}

function overButForSessions(grant: Ending): string {
  const until = needsSessionsUntil(grant)
  const gone = 'Removed, and proven gone: no new session can be opened.'
  return until === undefined
    ? gone
    : `${gone} One that was opened before may run until ${utc(until)}.`
}

function stillThere(grant: Ending, instance: string) {
  const gone = new Set(
    grant.holds.filter(({ state }) => state === 'gone').map(({ bindingId }) => bindingId),
  )
  const { offer } = grant.revision
  return bindingsOf(offer, grant.id, instance, grant.approvedAt, grant.endsAt).filter(
    ({ id }) => !gone.has(id),
  )
}

const list = (items: readonly string[]): string => items.map((item) => `- ${item}`).join('\n')
