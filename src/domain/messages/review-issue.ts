// The issue that asks for a review of what nobody had approved. It is a reminder: no fate of it clears the debt.
import type { Debt } from '../debts/types.ts'
import type { Grant, Offer } from '../grants/types.ts'
import { reviewersOf, whyOf } from './debts-block.ts'
import { code, prose } from './escape.ts'
import { duration, utc } from './format.ts'
import { resourcesOf, whoIn } from './cloud-words.ts'
import { shell } from './how-to.ts'
import { row } from './table.ts'
import type { ReportView } from './types.ts'

/** Hidden in it: finds it again. NB: anybody can write it; only an issue that our own App opened counts. */
export const reviewMarker = (instance: string, { id }: Pick<Debt, 'id'>): string =>
  `<!-- hallpass:${instance}:debt:${id} -->`

export function renderReviewIssue(
  { instance, public: isPublic, subject }: Pick<ReportView, 'instance' | 'public' | 'subject'>,
  debt: Debt,
  grant: Grant,
): { readonly title: string; readonly body: string } {
  const { offer } = grant.revision
  const marker = reviewMarker(instance, debt)
  const lines = [
    marker,
    ...(isPublic
      ? [`Grant ${code(grant.id)} on #${subject.number} was given without approval.`]
      : [
          `${code(offer.recipient.login)} received access that nobody had approved. Somebody has to look at it afterwards.`,
          facts(debt, grant),
        ]),
    `A reviewer acknowledges it in a new comment, here or on #${subject.number}:`,
    shell(`/access acknowledge ${debt.code}`).replace('```sh', '```'),
    ...(isPublic ? [] : [`Reviewers: ${reviewersOf(debt)}. ${whoDoesNotCount(offer)}`]),
    'Closing, transferring or deleting this issue clears nothing: only that command does.',
  ]
  return { title: titleOf(grant, isPublic), body: `${lines.join('\n\n')}\n` }
}

function whoDoesNotCount({ recipient, requester }: Offer): string {
  const [received, asked] = [code(recipient.login), code(requester.login)]
  return recipient.id === requester.id
    ? `${received}, who asked for it and received it, does not count, and does not break the glass again before that.`
    : `Neither ${received}, who received it, nor ${asked}, who asked for it, counts, and neither breaks the glass again before that.`
}

/** A title is plain text, and mentions nobody. */
function titleOf({ id, revision }: Grant, isPublic: boolean): string {
  const { recipient, role } = revision.offer
  const what = isPublic ? `grant ${id}` : `${role} for ${recipient.login}`
  return `Review break-glass access: ${plain(what)}`
}

const plain = (text: string): string =>
  [...text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ')].slice(0, 150).join('')

function facts(debt: Debt, grant: Grant): string {
  const { offer } = grant.revision
  const from = 'approvedAt' in grant ? [['from', utc(grant.approvedAt)]] : []
  const until =
    'endsAt' in grant
      ? [
          [
            'until',
            `${utc(grant.endsAt)} (${duration(offer.leaseSeconds)}), unless it ended before`,
          ],
        ]
      : []
  const cells = [
    ['who', code(offer.recipient.login)],
    ['asked by', code(offer.requester.login)],
    ['role', `${code(offer.role)}: ${prose(offer.description, 300)}`],
    ['gives', givesOf(offer)],
    ['why', whyOf(debt)],
    ...from,
    ...until,
    ['on', `#${offer.subject.number}, grant ${code(grant.id)}`],
  ]
  return ['| | |', '|---|---|', ...cells.map(row)].join('\n')
}

const givesOf = ({ bindings }: Offer): string =>
  bindings.map(({ role, principal }) => `${whoIn(principal)}: ${resourcesOf(role)}`).join('<br>')
