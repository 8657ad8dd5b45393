import { describe, expect, test } from 'vitest'
import { renderMarkdown } from '../../demo/playground/render-markdown.ts'

const rendered = (text: string): string => String(renderMarkdown(text))

describe('as GitHub does it', () => {
  test('tables, strikethrough and folded parts are shown', () => {
    expect(rendered('| who | what |\n|---|---|\n| `mona` | ~~old~~<br>new |')).toContain(
      '<td><code>mona</code></td>',
    )
    expect(rendered('~~old~~')).toContain('<del>old</del>')
    const folded = rendered('<details><summary>Over: 2</summary>\n\n| a |\n|---|\n\n</details>')
    expect(folded).toContain('<details><summary>Over: 2</summary>')
    expect(folded).toContain('<th>a</th>')
  })

  test('a hidden marker is not', () => {
    expect(rendered('<!-- hallpass:abc:7001#1 -->\n### Cloud access').trim()).toBe(
      '<h3>Cloud access</h3>',
    )
  })
})

const hostile = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<svg onload=alert(1)><script>alert(1)</script></svg>',
  '[click](javascript:alert(1))',
  '<a href="java\nscript:alert(1)">click</a>',
  '<form action="/act/press" method="post"><button>OK</button></form>',
  '<button form="act" formaction="/act/merge">OK</button>',
  '<style>body { display: none }</style>',
  '<p style="position: fixed">over everything</p>',
  '<iframe src="https://example.com"></iframe>',
  '<base href="https://example.com">',
  '<meta http-equiv="refresh" content="0;url=https://example.com">',
  '<div id="said">forged</div>',
]

test.each(hostile)('nothing dangerous comes through: %s', (text) => {
  expect(rendered(text)).not.toMatch(
    /<(script|svg|form|button|style|iframe|base|meta)|\son\w+=|javascript:|style=|formaction|id="said"/i,
  )
})

test('a field becomes a box that nobody can tick, under a name that no form reads', () => {
  expect(rendered('<input name="as" value="sam">')).toBe(
    '<input name="user-content-as" value="sam" disabled type="checkbox">',
  )
})
