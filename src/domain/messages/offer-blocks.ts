// All that an approver needs to know of what they are asked to approve, in Markdown.
import type { Extension, Grant, Offer } from '../grants/types.ts'
import { approvalInWords } from './answers/takes.ts'
import { names, resourcesOf, whoForSure } from './cloud-words.ts'
import { code, prose, sentence } from './escape.ts'
import { duration, utc } from './format.ts'
import { changesIn } from './offer-changes.ts'
import { until } from './offer-words.ts'
import { promisesOf } from './promises.ts'

export function offerBlocks(grant: Grant, waiting: Extension): readonly string[] {
  const { offer, code: named } = waiting.revision
  const former = grant.phase === 'requested' ? grant.formerOffer : grant.revision.offer
  const changes = former === undefined ? [] : changesIn(former, offer)
  const since =
    grant.phase === 'requested'
      ? '**Changed since it was shown before.** Former approvals do not count.'
      : '**Changed against what is held now**'
  return [
    `**${code(offer.recipient.login)}** would ${grant.phase === 'requested' ? 'receive' : 'go on holding'} **${code(offer.role)}**: ${prose(offer.description, 300)}`,
    list(factsOf(offer)),
    ...(changes.length === 0 ? [] : [`${since}\n\n${list(changes)}`]),
    list(approvalOf(waiting)),
    `The buttons mean what is shown here. So do ${code(`/access approve ${named}`)}, ${code(`/access deny ${named}`)} and ${code(`/access withdraw ${named}`)}.`,
  ]
}

function factsOf(offer: Offer): readonly string[] {
  const { recipient, requester, leaseSeconds, boundHead, because, reason, policy } = offer
  const { heldBackTo } = policy.organization
  return [
    `Who: ${code(recipient.login)}, GitHub's account ${recipient.id}, asked for by ${code(requester.login)}`,
    ...offer.bindings.map(
      ({ role, principal }) => `${whoForSure(principal)} could ${resourcesOf(role)}`,
    ),
    `For ${duration(leaseSeconds)} once approved. Ends earlier with ${until(offer)}`,
    ...promisesOf(offer),
    ...(boundHead === undefined ? [] : [`For the commit ${code(boundHead)} alone`]),
    ...Object.entries(offer.parameters).map(
      ([name, values]) => `From the changed paths: ${code(name)} is ${names(values)}`,
    ),
    `Why: ${sentence(because)}`,
    ...(reason === undefined ? [] : [`Reason given: ${prose(reason)}`]),
    ...(heldBackTo === undefined ? [] : ['The policy is held back to what was accepted of it']),
  ]
}

function approvalOf({ revision: { offer }, approvals, lapsesAt }: Extension): readonly string[] {
  const { approval, separationUnproven } = offer
  if (approval === 'none') return []
  const given = approvals.map(({ by }) => code(by.login))
  return [
    `Needs ${approvalInWords(approval)}. So far: ${given.length === 0 ? 'none' : given.join(', ')}`,
    ...(approval.separate
      ? ['Who asked for it, receives it or worked on it does not approve it']
      : []),
    ...(separationUnproven
      ? ['Nobody can tell who wrote a commit of the head: only who may not write to it approves']
      : []),
    `Waits until ${utc(lapsesAt)}`,
  ]
}

const list = (items: readonly string[]): string => items.map((item) => `- ${item}`).join('\n')
