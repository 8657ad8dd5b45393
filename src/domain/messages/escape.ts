// Text from people, policies and clouds, made inert: it mentions nobody, links nothing, and stays where it was put.

/**
 * A name as a code span, where nothing has a meaning but a backtick and, in a table, a bar: no escape of either
 * survives a backslash before it, so both become their likes.
 */
export function code(value: string, charactersMax = 120): string {
  const inert = cut(oneLine(value), charactersMax).replaceAll('`', "'").replaceAll('|', '¦')
  return inert === '' ? '` `' : `\`${inert}\``
}

/** A sentence. Shown as it was written, on one line. */
export function prose(value: string, charactersMax = 500): string {
  return cut(oneLine(value), charactersMax)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\\`*_{}[\]()#+!|~$^=-]/g, '\\$&')
    .replaceAll(referring, `$&${breaker}`)
}

/** A sentence of ours that quotes names in code spans: those stay code, and everything around them is prose. */
export function sentence(value: string, charactersMax = 800): string {
  return cut(oneLine(value), charactersMax)
    .split(codeSpan)
    .map((part, index) => (index % 2 === 0 ? spaced(part) : code(part, charactersMax)))
    .join('')
}

/** One backtick, something without any, one backtick. */
const codeSpan = /(?<!`)`([^`]+)`(?!`)/

/** `prose` takes away the spaces at its ends; between code spans they are wanted. */
function spaced(part: string): string {
  const inner = prose(part, part.length)
  if (inner === '') return part === '' ? '' : ' '
  return `${part.startsWith(' ') ? ' ' : ''}${inner}${part.endsWith(' ') ? ' ' : ''}`
}

/** For places that show text as it is: on one line, without what hides or turns it. */
export const line = (value: string, charactersMax: number): string =>
  cut(oneLine(value), charactersMax)

/** One word of a POSIX shell, whatever it holds. */
export function shellWord(value: string): string {
  const line = oneLine(value)
  return /^[\w+=,.@:/-]+$/.test(line) ? line : `'${line.replaceAll("'", `'\\''`)}'`
}

/** A zero-width space: what GitHub would turn into a mention, a reference or a link is none with it inside. */
const breaker = '\u200b'
const referring = /@|#|:(?=\/\/)|www(?=\.)|mailto:|xmpp:|GH(?=\\-)/gi

/** Line ends, control characters, and those that hide text or turn its direction. */
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu

const oneLine = (value: string): string => value.replaceAll(invisible, ' ').trim()

function cut(value: string, charactersMax: number): string {
  const characters = [...value]
  return characters.length <= charactersMax
    ? value
    : `${characters.slice(0, charactersMax - 1).join('')}…`
}
