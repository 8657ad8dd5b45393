// Text to plain values that remember where they stood. Nothing in a document, however hostile, makes this throw.
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml'
import type { Alias, Document, ErrorCode, Pair, Range } from 'yaml'
import type { PolicyProblem } from './types.ts'

export interface Position {
  /** Counts from 1, as `column` does. */
  readonly line: number
  readonly column: number
}
export type Path = readonly PropertyKey[]

export interface SourceDocument {
  readonly file: string
  readonly value: unknown
  /** Where the key or the value at this path stands; what is missing stands where it should have been. */
  at(path: Path, part: 'key' | 'value'): Position
  has(path: Path): boolean
}

export type Reading =
  | { readonly ok: true; readonly document: SourceDocument }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] }

const aliasesMax = 100
const syntaxProblemsMax = 20
const meanings: ReadonlyMap<ErrorCode, string> = new Map([
  ['MULTIPLE_DOCS', 'only one document is read: remove `---` and what follows'],
  ['NON_STRING_KEY', 'write plain text as the key'],
  ['TAG_RESOLVE_FAILED', 'tags (`!name`) are not read: remove it'],
])
const start: Position = { line: 1, column: 1 }

export function readYaml(text: string, file: string, charactersMax: number): Reading {
  if (text.length > charactersMax)
    return broken(file, start, `the document is longer than ${charactersMax} characters`)
  try {
    return parse(text, file)
  } catch (error) {
    // The parser's own limits (nesting, aliases) come as exceptions: they too are the document's problem.
    return broken(file, start, `this cannot be read as YAML: ${firstLine(error)}`)
  }
}

function parse(text: string, file: string): Reading {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    schema: 'core',
    resolveKnownTags: false,
    stringKeys: true,
    // Its own check compares every key with every other: minutes for a document of keys. `findings` does it.
    uniqueKeys: false,
    logLevel: 'error',
  })
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  const found = findings(document)
  if (found.length > 0)
    return {
      ok: false,
      problems: found.map(({ offset, message }) => ({ file, ...position(offset), message })),
    }
  if (document.contents === null)
    return broken(file, start, 'the document is empty: start with `version: 1`')
  return { ok: true, document: sourceDocument(document, file, position) }
}

interface Finding {
  readonly offset: number
  readonly message: string
}

function findings(document: Document.Parsed): readonly Finding[] {
  const syntax = [...document.errors, ...document.warnings]
  const exhausted = syntax.find(({ code }) => code === 'RESOURCE_EXHAUSTION')
  if (exhausted !== undefined)
    return [{ offset: exhausted.pos[0], message: 'the document is nested too deeply to be read' }]
  if (syntax.length === 0) return [...versionFindings(document), ...nodeFindings(document)]
  return syntax.slice(0, syntaxProblemsMax).map(({ code, message, pos }) => ({
    offset: pos[0],
    message: meanings.get(code) ?? plain(message),
  }))
}

function versionFindings(document: Document.Parsed): readonly Finding[] {
  const version: string | undefined = document.directives?.yaml.version
  return version === '1.2'
    ? []
    : [{ offset: 0, message: 'only YAML 1.2 is read: remove the `%YAML` line' }]
}

function nodeFindings(document: Document.Parsed): readonly Finding[] {
  const found: Finding[] = []
  let aliases = 0
  visit(document, {
    Map(_, map) {
      const seen = new Set<string>()
      for (const pair of map.items) found.push(...keyFindings(pair, seen))
    },
    Alias(_, alias) {
      aliases += 1
      if (aliases <= aliasesMax) found.push(...aliasFindings(alias, document))
    },
  })
  if (aliases > aliasesMax)
    found.push({ offset: 0, message: `write at most ${aliasesMax} aliases (\`*name\`)` })
  return found
}

function keyFindings({ key }: Pair, seen: Set<string>): readonly Finding[] {
  const name = String(isScalar(key) ? key.value : key)
  const offset = offsetOf(key)
  if (seen.has(name))
    return [{ offset, message: `\`${shorten(name)}\` is already written above: keep one of them` }]
  seen.add(name)
  // NB: this name would reach the prototype of whatever object it is copied to.
  return name === '__proto__' ? [{ offset, message: 'this key is not allowed: `__proto__`' }] : []
}

function aliasFindings(alias: Alias, document: Document.Parsed): readonly Finding[] {
  if (alias.resolve(document) !== undefined) return []
  return [
    {
      offset: offsetOf(alias),
      message: `\`*${shorten(alias.source)}\` has no \`&${shorten(alias.source)}\` before it`,
    },
  ]
}

function sourceDocument(
  document: Document.Parsed,
  file: string,
  position: (offset: number) => Position,
): SourceDocument {
  const value: unknown = document.toJS({ maxAliasCount: aliasesMax })
  return {
    file,
    value,
    at: (path, part) => position(locate(document, path, part).offset),
    has: (path) => locate(document, path, 'value').found,
  }
}

function locate(document: Document.Parsed, path: Path, part: 'key' | 'value') {
  let node: unknown = document.contents
  let key: unknown = node
  for (const segment of path) {
    const child = childOf(isAlias(node) ? node.resolve(document) : node, segment)
    if (child === undefined) return { found: false, offset: offsetOf(key) }
    key = child.key
    node = child.value
  }
  const written = isScalar(node) && node.source === '' ? undefined : node
  return { found: true, offset: offsetOf(part === 'key' ? key : (written ?? key)) }
}

/** A list's item is its own key. */
function childOf(
  node: unknown,
  segment: PropertyKey,
): { key: unknown; value: unknown } | undefined {
  if (isMap(node))
    return node.items.find(({ key }) => String(isScalar(key) ? key.value : key) === String(segment))
  if (!isSeq(node)) return undefined
  const item = node.items[Number(segment)]
  return item === undefined ? undefined : { key: item, value: item }
}

function offsetOf(node: unknown): number {
  const { range } = (node ?? {}) as { range?: Range | null }
  return range?.[0] ?? 0
}

const broken = (file: string, at: Position, message: string): Reading => ({
  ok: false,
  problems: [{ file, ...at, message }],
})

const firstLine = (error: unknown): string =>
  plain(error instanceof Error ? error.message : String(error))
/** The parser's own words may repeat the document's: nothing of it may mention anybody or become markup. */
const plain = (message: string): string =>
  shorten((message.split('\n')[0] ?? '').replaceAll(/[@<&]/g, '?'), 200)
const shorten = (text: string, max = 64): string => {
  const shown = text.replaceAll(/[\p{C}`]/gu, '?')
  return shown.length > max ? `${shown.slice(0, max - 1)}…` : shown
}
