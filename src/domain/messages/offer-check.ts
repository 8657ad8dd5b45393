// The check run `hallpass/offer <code>`: what would be approved, the buttons that decide it, and what was decided.
import type { Extension, Grant } from '../grants/types.ts'
import { code as quoted } from './escape.ts'
import { duration } from './format.ts'
import { fitted } from './blocks.ts'
import { decidedIn, type Fate } from './offer-fate.ts'
import { offerBlocks } from './offer-blocks.ts'
import { runOf, titled } from './run.ts'
import type { RenderedCheck, ReportView } from './types.ts'

/** NB: the translator of buttons reads the code from the name. */
const nameOf = (code: string): string => `hallpass/offer ${code}`

export function renderOffer(
  view: ReportView,
  grant: Grant,
  waiting: Extension,
  headSha: string,
): RenderedCheck {
  const { code } = waiting.revision
  return runOf(view, headSha, 'pending', {
    name: nameOf(code),
    status: 'completed',
    conclusion: 'action_required',
    title: titled(view.public ? 'Waits for approval' : pendingTitle(grant, waiting)),
    summary: view.public
      ? `${quoted(code)} waits for approval.`
      : fitted(offerBlocks(grant, waiting)),
    actions: [approveButton, denyButton, withdrawButton],
  })
}

function pendingTitle(grant: Grant, { revision: { offer } }: Extension): string {
  const { recipient, role, leaseSeconds } = offer
  const what = grant.phase === 'requested' ? role : `${role}, extended`
  return `${recipient.login} asks for ${what}, for ${duration(leaseSeconds)}`
}

const approveButton = {
  identifier: 'approve',
  label: 'Approve',
  description: 'Give exactly what is shown here',
}
const denyButton = {
  identifier: 'deny',
  label: 'Deny',
  description: 'For who could approve it',
}
const withdrawButton = {
  identifier: 'withdraw',
  label: 'Withdraw',
  description: 'For who asked, or would receive it',
}

/** Its last words. */
export function renderDecided(view: ReportView, code: string, headSha: string): RenderedCheck {
  const fate = decidedIn(view.grants, code)
  const { conclusion, title } = lastWords[fate.is]
  return runOf(view, headSha, fate.is, {
    name: nameOf(code),
    status: 'completed',
    conclusion,
    title,
    summary: view.public ? `${quoted(code)}: ${title}.` : summaryOf(code, fate, title),
    actions: [],
  })
}

const lastWords: Readonly<
  Record<Fate['is'], Pick<RenderedCheck, 'title'> & { readonly conclusion: Conclusion }>
> = {
  approved: { conclusion: 'success', title: 'Approved' },
  denied: { conclusion: 'failure', title: 'Denied' },
  withdrawn: { conclusion: 'skipped', title: 'Withdrawn' },
  lapsed: { conclusion: 'skipped', title: 'Not approved in time' },
  void: { conclusion: 'skipped', title: 'No longer offered' },
}
type Conclusion = 'success' | 'failure' | 'skipped'

function summaryOf(code: string, fate: Fate, title: string): string {
  const told = `${quoted(code)}: ${title.toLowerCase()}.`
  if (fate.is === 'void')
    return `${told} Something else is offered in its place under a code of its own, or what it would have extended has ended.`
  const { recipient, role } = fate.grant.revision.offer
  return `${told} It was about ${quoted(role)} for ${quoted(recipient.login)}, grant ${quoted(fate.grant.id)}.`
}
