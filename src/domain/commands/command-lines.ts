// Which lines of a comment are commands: those of its own paragraphs that begin with `/access`. What stands in code,
// quotes, lists, tables, headings, footnotes, HTML, emphasis or links was quoted, folded or formatted: not said.
import { fromMarkdown } from 'mdast-util-from-markdown'
import { gfmFootnoteFromMarkdown } from 'mdast-util-gfm-footnote'
import { gfmStrikethroughFromMarkdown } from 'mdast-util-gfm-strikethrough'
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table'
import { gfmFootnote } from 'micromark-extension-gfm-footnote'
import { gfmStrikethrough } from 'micromark-extension-gfm-strikethrough'
import { gfmTable } from 'micromark-extension-gfm-table'
import { trimmed } from '../trim.ts'
import { afterHtml, isInside, type OpenElements } from './inside-html.ts'

const commandsMax = 5

/** NB: the parser takes minutes, or the whole stack, for nested markers that one comment has room for. */
const charactersMax = 4096
const containersMax = 8

export interface CommandLines {
  /** What follows `/access`, trimmed: the first five. */
  readonly lines: readonly string[]
  /** How many more there were; without `lines`, how many there may be in a comment too long or too nested to read. */
  readonly ignored: number
}

type Root = ReturnType<typeof fromMarkdown>
type Node = Root['children'][number]
type Html = Extract<Node, { type: 'html' }>

interface Candidate {
  /** From 1. */
  readonly line: number
  readonly column: number
  readonly text: string
}

export function commandLines(body: string): CommandLines {
  const lines = body.split(/\r\n|\n|\r/)
  const candidates = lines.flatMap(candidateOf)
  const last = candidates.at(-1)
  if (last === undefined) return { lines: [], ignored: 0 }
  const read = upToBlank(lines, last.line)
  if (isTooMuch(read)) return { lines: [], ignored: candidates.length }
  const said = saidIn(parse(read.join('\n')), candidates).map(({ text }) => text)
  return { lines: said.slice(0, commandsMax), ignored: Math.max(0, said.length - commandsMax) }
}

/** Blanks before and after are ASCII's: any other character makes it another word. */
function candidateOf(line: string, index: number): readonly Candidate[] {
  const [, indent, text = ''] = /^( {0,3})\/access(?![^ \t])(.*)$/.exec(line) ?? []
  if (indent === undefined) return []
  return [{ line: index + 1, column: indent.length + 1, text: trimmed(text, ' \t') }]
}

/** Nothing after the end of the last candidate's paragraph changes what that one is. */
function upToBlank(lines: readonly string[], line: number): readonly string[] {
  const blank = lines.findIndex((text, index) => index >= line && /^[ \t]*$/.test(text))
  return blank === -1 ? lines : lines.slice(0, blank)
}

function isTooMuch(lines: readonly string[]): boolean {
  const characters = lines.reduce((sum, line) => sum + line.length + 1, 0)
  return characters > charactersMax || lines.some((line) => containersOf(line) > containersMax)
}

/** How many block quotes and list items a line may open. */
function containersOf(line: string): number {
  const [markers = ''] = /^(?:[ \t]|>|[-+*](?=[ \t]|$)|\d{1,9}[.)](?=[ \t]|$))*/.exec(line) ?? []
  return markers.match(/>|[-+*]|[.)]/g)?.length ?? 0
}

const parse = (text: string): Root =>
  fromMarkdown(text, {
    extensions: [gfmFootnote(), gfmStrikethrough(), gfmTable()],
    mdastExtensions: [
      gfmFootnoteFromMarkdown(),
      gfmStrikethroughFromMarkdown(),
      gfmTableFromMarkdown(),
    ],
  })

/** Those that stand in plain text of a paragraph that nothing encloses. */
function saidIn(root: Root, candidates: readonly Candidate[]): readonly Candidate[] {
  const pieces = root.children.flatMap(htmlIn)
  let open: OpenElements = new Map()
  let next = 0
  return candidates.filter((candidate) => {
    for (let piece = pieces[next]; piece && isBefore(piece, candidate); piece = pieces[++next])
      open = afterHtml(open, piece.value)
    return !isInside(open) && root.children.some((block) => isPlain(block, candidate))
  })
}

/** Quotes, lists and the like end what they opened: only a paragraph leaves an element open behind it. */
const htmlIn = (node: Node): readonly Html[] => {
  if (node.type === 'html') return [node]
  const encloses = enclosing.has(node.type)
  return 'children' in node && !encloses ? node.children.flatMap(htmlIn) : []
}
const enclosing: ReadonlySet<Node['type']> = new Set<Node['type']>([
  'blockquote',
  'footnoteDefinition',
  'heading',
  'list',
  'table',
])

const isPlain = (block: Node, candidate: Candidate): boolean =>
  block.type === 'paragraph' &&
  block.children.some((piece) => piece.type === 'text' && covers(piece, candidate))

const covers = ({ position }: Node, { line, column }: Candidate): boolean =>
  position !== undefined &&
  !isAfter(position.start, line, column) &&
  isAfter(position.end, line, column)

const isBefore = ({ position }: Node, { line, column }: Candidate): boolean =>
  position !== undefined && !isAfter(position.end, line, column)

const isAfter = (point: { line: number; column: number }, line: number, column: number): boolean =>
  point.line > line || (point.line === line && point.column > column)
