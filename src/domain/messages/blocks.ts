// The parts of a report, most important first; what does not fit is left out from the end.
import type { Grant, Live, Requested } from '../grants/types.ts'
import { code, prose, sentence } from './escape.ts'
import { utc } from './format.ts'
import { grantSection } from './grant-section.ts'
import { stateOf, untilOf } from './state.ts'
import type { Notice, ReportView } from './types.ts'

/** GitHub takes 65,536 characters; the rest is room for what counts differently there. */
export const charactersMax = 60_000
const rowsMax = 25

export type Open = Live | Requested

const isOpen = (grant: Grant): grant is Open =>
  grant.phase === 'requested' ||
  grant.phase === 'approved' ||
  grant.phase === 'active' ||
  grant.phase === 'ending'

export function blocksOf(view: ReportView): readonly string[] {
  const grants = [...view.grants].sort(byAge)
  const open = grants.filter(isOpen)
  const over = grants.filter((grant) => !isOpen(grant)).toReversed()
  if (view.public) return publicBlocks([...open, ...over], view.notices)
  return [
    ...view.notices.filter(({ kind }) => kind === 'policy-broken').map(brokenPolicy),
    ...(open.length === 0 ? [] : [openTable(open)]),
    ...refusals(view.notices),
    ...open.map((grant) => grantSection(grant, view.instance)),
    ...(over.length === 0 ? [] : [history(over)]),
  ]
}

/** Whole blocks, so that no table or fence is left open. */
export function fitted(blocks: readonly string[], roomMax = charactersMax): string {
  const cutNote = '\n\nThere is more than fits here.'
  let text = ''
  for (const block of blocks) {
    const longer = text === '' ? block : `${text}\n\n${block}`
    if (longer.length + cutNote.length > roomMax) return `${text}${cutNote}`.trim()
    text = longer
  }
  return text
}

const byAge = (a: Grant, b: Grant): number =>
  a.requestedAt - b.requestedAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)

function openTable(open: readonly Open[]): string {
  const rows = open.map((grant) => {
    const { recipient, role, description } = grant.revision.offer
    const what = `${code(role)}<br>${prose(description, 160)}`
    const stuck = grant.stuck === undefined ? '' : ', **stuck**'
    return `| ${code(recipient.login)} | ${what} | ${stateOf(grant)}${stuck} | ${untilOf(grant)} |`
  })
  return table(['who', 'what', 'state', 'until'], rows)
}

function history(over: readonly Grant[]): string {
  const rows = over.map((grant) => {
    const { recipient, role } = grant.revision.offer
    const what = `${code(role)}, grant ${code(grant.id)}`
    return `| ${code(recipient.login)} | ${what} | ${stateOf(grant)}${why(grant)} | ${proof(grant)} |`
  })
  const shown = table(['who', 'what', 'state', 'removal proven'], rows)
  return `<details><summary>Over: ${over.length}</summary>\n\n${shown}\n\n</details>`
}

function why(grant: Grant): string {
  const detail = 'detail' in grant ? grant.detail : undefined
  return detail === undefined ? '' : ` (${sentence(detail, 200)})`
}

function proof(grant: Grant): string {
  if (grant.phase !== 'ended') return 'nothing was given'
  const proven = grant.holds.flatMap(({ certainAt }) => certainAt ?? [])
  return proven.length === 0 ? '' : utc(Math.max(...proven))
}

function refusals(notices: readonly Notice[]): readonly string[] {
  const rows = notices
    .filter(({ kind }) => kind === 'refused')
    .toSorted((a, b) => a.at - b.at || (a.key < b.key ? -1 : 1))
    .map(({ recipient, role, text }) => {
      const who = recipient === undefined ? '' : code(recipient.login)
      return `| ${who} | ${role === undefined ? '' : code(role)} | ${sentence(text)} |`
    })
  return rows.length === 0 ? [] : [`**Refused**\n\n${table(['who', 'what', 'why'], rows)}`]
}

function brokenPolicy({ text }: Notice): string {
  const [intro = '', ...problems] = text.split('\n', 15)
  const items = problems.map((line) => `- ${sentence(line.replace(/^- /, ''), 300)}`)
  return [`**Nothing is granted.** ${sentence(intro)}`, items.join('\n')].join('\n\n').trim()
}

function publicBlocks(grants: readonly Grant[], notices: readonly Notice[]): readonly string[] {
  const rows = grants.map((grant) => {
    const stuck = grant.stuck === undefined ? '' : ', stuck'
    return `| ${code(grant.id)} | ${grant.phase}${stuck} |`
  })
  return [
    ...(notices.some(({ kind }) => kind === 'policy-broken')
      ? ['**The policy is broken: nothing is granted until it is mended.**']
      : []),
    ...(rows.length === 0 ? [] : [table(['grant', 'state'], rows)]),
    ...(notices.some(({ kind }) => kind === 'refused') ? ['A request was refused.'] : []),
  ]
}

function table(heads: readonly string[], rows: readonly string[]): string {
  const more = rows.length - rowsMax
  return [
    `| ${heads.join(' | ')} |`,
    `|${heads.map(() => '---').join('|')}|`,
    ...rows.slice(0, rowsMax),
    ...(more > 0 ? [`\nAnd ${more} more.`] : []),
  ].join('\n')
}
