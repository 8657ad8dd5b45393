// Comments that quote, hide, fold or disguise commands, each posted to an issue of its own: exactly what was said is done.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Comment, Delivery, Issue } from '../../sandbox/github/index.ts'
import { subjectKey } from '../../src/domain/subjects.ts'
import { castOf, catalog, type Member } from '../support/catalog.ts'
import { begin, type Journey } from '../support/journey.ts'
import { grantsOn, handled } from '../support/seen.ts'
import { turnedClock } from '../support/turned-clock.ts'

const clock = turnedClock()
let on: Journey
let writer: Member
const somebody = castOf(() => on)

const waiting = { approval: { by: ['team:backend'], count: 1 }, limits: { at_once: 1_000 } }
const asked = (name: string) => [name, { when: { requested: {} } }, waiting] as const
const policy = catalog([asked('one'), asked('two')], {
  limits: { person: { at_once: 1_000, daily: '9999h' }, repository: { at_once: 1_000 } },
})

const one = '/access request one'
const two = '/access request two'
const nothing: readonly string[] = []
const bomb = (text: string, length = 65_000) =>
  text.repeat(Math.ceil(length / text.length)).slice(0, length)

interface Hostile {
  readonly what: string
  readonly body: string
  /** The roles that are asked for by it. */
  readonly does: readonly string[]
  /** Heard, and told that it could not be read. */
  readonly unread?: boolean
}
const hostile = (
  what: string,
  body: string,
  does: readonly string[] = nothing,
  unread = false,
): Hostile => ({ what, body, does, unread })

const comments: readonly Hostile[] = [
  hostile('a backtick fence', `\`\`\`\n${one}\n\`\`\``),
  hostile('a tilde fence that nothing closes', `~~~ sh\n\n${one}\n\n`),
  hostile(
    'a longer fence around a shorter one',
    `\`\`\`\`\n\`\`\`\n${one}\n\`\`\`\n\`\`\`\`\n${two}`,
    ['two'],
  ),
  hostile('inline code over lines', `a \`b\n${one}\nc\` d`),
  hostile('indented code', `Hi.\n\n    ${one}`),
  hostile('a block quote', `> ${one}`),
  hostile('a lazy quote', `> Somebody wrote\n${one}`),
  hostile('a lazy quote in a quote', `> > a\n> b\n${one}`),
  hostile('after a quote and a blank line', `> ${one}\n\n${two}`, ['two']),
  hostile('an HTML comment with blank lines', `<!--\n\n${one}\n\n-->`),
  hostile('an HTML comment that nothing closes', `<!--\n\n${one}`),
  hostile('an HTML comment in a paragraph', `a <!-- b\n${one}\n--> c`),
  hostile('folded away', `<details><summary>Log</summary>\n\n${one}\n\n</details>\n\n${two}`, [
    'two',
  ]),
  hostile('an HTML block', `<div>\n${one}\n</div>`),
  hostile('a table row', `| a |\n| - |\n${one}`),
  hostile('a list', `- ${one}\n* ${one}\n1. ${one}`),
  hostile('nested lists', `- a\n  - b\n    1. ${one}\n\n       ${one}`),
  hostile('a lazy list item, then a paragraph', `- a\n${one}\n\n${two}`, ['two']),
  hostile('a heading', `# ${one}\n\n${one}\n===`),
  hostile('a footnote', `a[^1]\n\n[^1]: b\n${one}\n\n    ${one}`),
  hostile('a link over lines', `[a\n${one}\nb](https://example.com)`),
  hostile('struck out', `~~a\n${one}\nb~~`),
  hostile('an escaped slash', `\\${one}`),
  hostile('a non-breaking space after it', one.replace(' ', '\u00A0')),
  hostile('a non-breaking space before the role', '/access request\u00A0one', nothing, true),
  hostile('a zero-width space before it', `\u200B${one}`),
  hostile('a zero-width space in it', one.replace('access', 'acc\u200Bess')),
  hostile('a zero-width space in the role', '/access request o\u200Bne', nothing, true),
  hostile('a right-to-left override', `\u202E${one}`),
  hostile('a look-alike letter', one.replace('access', 'acce\u0455s')),
  hostile('a fullwidth slash', one.replace('/', '\uFF0F')),
  hostile('capitals', one.toUpperCase()),
  hostile('the middle of a line', `Say ${one}`),
  hostile('a line separator', `a\u2028${one}`),
  hostile('CRLF and soft breaks', `Hi.\r\n\r\n${one}\r\n${two}\r\n`, ['one', 'two']),
  hostile('bare CR', `${one}\r${two}`, ['one', 'two']),
  hostile('65,000 characters after a command', `${one}\n\n${bomb('> - ')}`, ['one']),
  hostile('65,000 characters before a command', `${bomb('prose. ')}\n\n${one}`, nothing, true),
  hostile('65,000 markers before a command', `${bomb('> - * 1. ')}\n\n${one}`, nothing, true),
  hostile('65,536 characters without a command', bomb('`[a](*_ ', 65_536)),
  hostile('six of which the last counts no more', `${`${one}\n\n`.repeat(5)}${two}`, ['one'], true),
]

interface Posted extends Hostile {
  readonly issue: Issue
  readonly comment: Comment
  readonly delivery: Delivery
}
let posted: readonly Posted[]

beforeAll(async () => {
  on = await begin({ clock, policy })
  writer = somebody()
  posted = comments.map((each) => {
    const issue = on.github.openIssue(on.repository, { author: writer.person })
    const comment = on.github.comment(issue, writer.person, each.body)
    const delivery = on.github.lastDelivery('issue_comment', 'created')
    return { ...each, issue, comment, delivery }
  })
  await handled(
    on,
    posted.map(({ delivery }) => delivery),
  )
})
afterAll(() => on.end())

test.each(comments)('$what: $does', async ({ what, does, unread = false }) => {
  const found = posted.find((each) => each.what === what)
  if (found === undefined) throw new Error('it was not posted')
  const grants = await grantsOn(on, found.issue)
  const roles = grants.map(({ revision: { offer } }) => offer.role)
  expect(roles.toSorted()).toEqual(does)
  expect(grants.every(({ phase }) => phase === 'requested')).toBe(true)
  const verdict = unread ? ['-1'] : does.length > 0 ? ['rocket'] : []
  const heard = unread || does.length > 0
  expect(on.github.reactions(found.comment)).toEqual(heard ? ['eyes', ...verdict] : [])
  const report = await on.hallpass.composition.deps.ledger.report(subjectKey(found.issue))
  const answers = (report?.notices ?? []).filter(({ kind }) => kind !== 'policy-broken')
  expect(answers.length > 0).toBe(unread)
})
