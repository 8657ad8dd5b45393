// Which lines of a comment are commands: exactly those that their author said, as GitHub would show them.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { commandLines } from '../../src/domain/commands/command-lines.ts'

const none: readonly string[] = []
const bomb = (text: string) => text.repeat(Math.ceil(65_536 / text.length)).slice(0, 65_536)

/** [what it is, the comment, what it triggers] */
const comments: readonly (readonly [string, string, readonly string[]])[] = [
  ['a command alone', '/access status', ['status']],
  ['the namespace alone', '/access', ['']],
  ['a command among prose', 'Please.\n\n/access status\n\nThanks.', ['status']],
  ['soft breaks', 'Please.\n/access status\n/access roles', ['status', 'roles']],
  ['a hard break', 'Please.  \n/access status\\\n/access roles', ['status\\', 'roles']],
  ['a command split over a soft break', '/access request\norders-db-read', ['request']],
  ['CRLF', 'Hi.\r\n\r\n/access status\r\n/access roles\r\n', ['status', 'roles']],
  ['bare CR', '/access status\r/access roles', ['status', 'roles']],
  ['three spaces before it', '   /access status', ['status']],
  ['blanks inside and after it', '/access \t status \t', ['status']],
  ['the middle of a line', 'Say /access status', none],
  ['the middle of a line after a command', '/access help /access status', ['help /access status']],
  ['another word', '/accessory status\n/access-status\n/accessstatus', none],
  ['capitals', '/Access status\n/ACCESS status', none],
  ['a backtick fence', '```\n/access status\n```', none],
  ['a tilde fence', '~~~ sh\n/access status\n~~~', none],
  ['a fence that nothing closes', '```\n\n/access status\n\n', none],
  [
    'a fence with a shorter one inside',
    '````\n```\n/access status\n```\n````\n/access help',
    ['help'],
  ],
  ['what follows a fence', '```\nx\n```\n/access status', ['status']],
  ['inline code over lines', 'a `b\n/access status\nc` d', none],
  ['a code span at the start', '`/access status`', none],
  ['indented code', 'Hi.\n\n    /access status', none],
  ['code indented by a tab', '\t/access status', none],
  ['a block quote', '> /access status', none],
  ['a lazy block quote', '> Somebody wrote\n/access status', none],
  ['a lazy quote in a quote', '> > a\n> b\n/access status', none],
  ['after a quote and a blank line', '> /access roles\n\n/access status', ['status']],
  ['an alert', '> [!NOTE]\n> /access status', none],
  ['a list', '- /access status\n* /access status\n1. /access status', none],
  ['a lazy list item', '- a\n/access status', none],
  ['a paragraph of a list item', '- a\n\n  /access status', none],
  ['nested lists', '- a\n  - b\n    1. /access status\n\n       /access status', none],
  ['after a list', '- a\n\n/access status', ['status']],
  ['a task list', '- [ ] /access status', none],
  ['an HTML comment', '<!--\n/access status\n-->', none],
  ['an HTML comment with blank lines', '<!--\n\n/access status\n\n-->', none],
  ['an HTML comment that nothing closes', '<!--\n\n/access status', none],
  ['an HTML comment in a paragraph', 'a <!-- b\n/access status\n--> c', none],
  ['folded away behind an HTML comment of nothing', '<!--> <details> -->\n\n/access status', none],
  ['after an HTML comment', '<!-- /access roles -->\n/access status', ['status']],
  ['an HTML block', '<div>\n/access status\n</div>', none],
  ['folded away', '<details><summary>Log</summary>\n\n/access status\n\n</details>', none],
  ['folded away mid-line', 'Log <details>\n\n/access status\n\n</details>', none],
  ['after what was folded away', '<details>\n\nx\n\n</details>\n\n/access status', ['status']],
  ['after what a quote opened', '> <details>\n\n/access status', ['status']],
  ['opened outside, closed in a quote', '<div>\n\n> </div>\n\n/access status', none],
  ['after void elements', 'a<br>\n\n<hr>\n\n<img src="x">\n\n/access status', ['status']],
  ['an instruction and CDATA', '<?\n/access a\n?>\n\n<![CDATA[\n/access b\n]]>', none],
  ['preformatted', '<pre>\n\n/access status\n\n</pre>', none],
  ['a table row', '| a |\n| - |\n/access status', none],
  ['a table head', '/access status | a\n--- | ---\n', none],
  ['a heading', '# /access status', none],
  ['a setext heading', '/access status\n===', none],
  ['a setext heading of two lines', '/access status\nmore\n---', none],
  ['a footnote', 'a[^1]\n\n[^1]: b\n/access status\n\n    /access status', none],
  ['a link over lines', '[a\n/access status\nb](https://example.com)', none],
  ['the target of a definition', '[a]:\n/access', none],
  ['emphasis over lines', '*a\n/access status*', none],
  ['strong over lines', '**a\n/access status\nb**', none],
  ['struck out', '~~a\n/access status\nb~~', none],
  ['an escaped slash', '\\/access status', none],
  ['an entity for its slash', '&#47;access status', none],
  ['a non-breaking space after it', '/access\u00A0status', none],
  ['a non-breaking space before it', '\u00A0/access status', none],
  ['a zero-width space after it', '/access\u200Bstatus', none],
  ['a zero-width space before it', '\u200B/access status', none],
  ['a byte order mark', '\uFEFF/access status', none],
  ['a right-to-left mark', '\u200F/access status', none],
  ['a right-to-left override', '\u202E/access status', none],
  ['a look-alike letter', '/acce\u0455s status', none],
  ['a fullwidth slash', '\uFF0Faccess status', none],
  ['a line separator', 'a\u2028/access status', none],
  ['a vertical tab and a form feed', 'a\v/access status\f/access roles', none],
  ['a null', '\0/access status', none],
  ['an ideographic space', '/access\u3000status', none],
]

describe('a comment with', () => {
  it.each(comments)('%s', (_, body, lines) => {
    expect(commandLines(body)).toEqual({ lines, ignored: 0 })
  })
})

describe('many commands', () => {
  it('are read up to the fifth', () => {
    const body = [1, 2, 3, 4, 5, 6].map((n) => `/access why r${n}`).join('\n')
    expect(commandLines(body)).toEqual({
      lines: ['why r1', 'why r2', 'why r3', 'why r4', 'why r5'],
      ignored: 1,
    })
  })

  it('count those alone that were said', () => {
    const body = `> /access help\n\n${'/access help\n\n'.repeat(6)}`
    expect(commandLines(body).ignored).toBe(1)
  })
})

describe('65,536 characters', () => {
  it('after a command change nothing', () => {
    expect(commandLines(`/access status\n\n${bomb('> - ')}`)).toEqual({
      lines: ['status'],
      ignored: 0,
    })
  })

  it('without a command are not even read', () => {
    expect(commandLines(bomb('> - * 1. `[a](*_'))).toEqual({ lines: [], ignored: 0 })
  })

  it('before a command leave it unread, and say so', () => {
    expect(commandLines(`${bomb('prose and more of it. ')}\n\n/access status`)).toEqual({
      lines: [],
      ignored: 1,
    })
  })

  it.each(['>', '> ', '- ', '1. ', '> - * '])('of %j before a command are refused', (marker) => {
    expect(commandLines(`${bomb(marker)}\n\n/access status`)).toEqual({ lines: [], ignored: 1 })
    const short = marker.repeat(Math.ceil(100 / marker.length))
    expect(commandLines(`${short}\n\n/access status`)).toEqual({ lines: [], ignored: 1 })
  })
})

describe('whatever is written', () => {
  const pieces = fc.constantFrom(
    ...['/access status', '/access', '\n', '\n\n', '\r\n', ' ', '    ', '\t', '>', '- ', '1. '],
    ...['`', '```', '~~~', '<!--', '-->', '<details>', '</details>', '|', '|-|', '*', '**', '~~'],
    ...['[', '](a)', '[^1]: ', '#', '===', '\\', '&nbsp;', '\u00A0', '\u200B', 'word'],
  )
  const body = fc.array(pieces, { maxLength: 40 }).map((all) => all.join(''))

  it('nothing is read that is no line of its own', () => {
    fc.assert(
      fc.property(body, (text) => {
        const { lines } = commandLines(text)
        const own = text
          .split(/\r\n|\n|\r/)
          .filter((line) => /^ {0,3}\/access(?=[ \t]|$)/.test(line))
        expect(lines.length).toBeLessThanOrEqual(Math.min(5, own.length))
        expect(lines.every((line) => own.some((it) => it.includes(line)))).toBe(true)
      }),
    )
  })

  it('in a fence nothing is read, and what follows it is', () => {
    const fenced = body.filter((text) => !text.includes('~~~'))
    fc.assert(
      fc.property(fenced, (text) => {
        expect(commandLines(`~~~\n${text}\n~~~\n\n/access help`).lines).toEqual(['help'])
      }),
    )
  })

  it('in a block quote nothing is read, and what follows a blank line is', () => {
    fc.assert(
      fc.property(body, (text) => {
        const quoted = text.split(/\r\n|\n|\r/).map((line) => `> ${line}`)
        expect(commandLines(`${quoted.join('\n')}\n\n/access help`).lines.slice(0, 1)).toEqual([
          'help',
        ])
      }),
    )
  })
})
