// What is told besides grants: a policy that is broken or held back, refusals, and answers to commands.
import { code, sentence } from './escape.ts'
import { utc } from './format.ts'
import { row, table } from './table.ts'
import type { Notice } from './types.ts'

export const policyBlocks = (notices: readonly Notice[]): readonly string[] => [
  ...notices.filter(({ kind }) => kind === 'policy-broken').map(brokenPolicy),
  ...notices.filter(({ kind }) => kind === 'policy-held-back').map(heldBackPolicy),
]

function brokenPolicy({ text }: Notice): string {
  const [intro = '', ...problems] = text.split('\n', 15)
  const items = problems.map((line) => `- ${sentence(line.replace(/^- /, ''), 300)}`)
  return [`**Nothing is granted.** ${sentence(intro)}`, items.join('\n')].join('\n\n').trim()
}

/** It may have been approved since: it is read anew with the next request. */
const heldBackPolicy = ({ text, at }: Notice): string =>
  `**A part of the policy is held back**, as read ${utc(at)}. ${sentence(text, 2000)}`

export function refusalsBlock(notices: readonly Notice[]): readonly string[] {
  const rows = notices
    .filter(({ kind }) => kind === 'refused')
    .toSorted(byTime)
    .map(({ recipient, role, text }) => {
      const who = recipient === undefined ? '' : code(recipient.login)
      return row([who, role === undefined ? '' : code(role), sentence(text)])
    })
  return rows.length === 0 ? [] : [`**Refused**\n\n${table(['who', 'what', 'why'], rows)}`]
}

/** The newest first: it is what somebody waits for. */
export const answersBlocks = (notices: readonly Notice[]): readonly string[] =>
  notices
    .filter(({ kind }) => kind === 'answer')
    .toSorted(byTime)
    .toReversed()
    .map(({ recipient, asked, text, at }) => {
      const who = recipient === undefined ? 'Somebody' : code(recipient.login)
      const what = asked === undefined ? 'pressed a button' : `asked ${code(asked, 200)}`
      return `**${who} ${what}**, ${utc(at)}:\n\n${text}`
    })

const byTime = (a: Notice, b: Notice): number => a.at - b.at || (a.key < b.key ? -1 : 1)
