export class CelError extends Error {
  override name = 'CelError'
}

const token =
  /\s*(?:(&&|\|\||[!=<>]=|[!<>()])|([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)|"((?:[^"\\\n]|\\["'\\])*)"|'((?:[^'\\\n]|\\["'\\])*)')/y

interface Token {
  readonly kind: 'sign' | 'name' | 'text'
  readonly value: string
}

function read(text: string): Token[] {
  const tokens: Token[] = []
  const end = text.trimEnd().length
  token.lastIndex = 0
  while (token.lastIndex < end) {
    const from = token.lastIndex
    const found = token.exec(text)
    if (!found) throw new CelError(`nothing known begins at "${text.slice(from, from + 20)}"`)
    const [, sign, name, double, single] = found
    if (sign !== undefined) tokens.push({ kind: 'sign', value: sign })
    else if (name !== undefined) tokens.push({ kind: 'name', value: name })
    else tokens.push({ kind: 'text', value: (double ?? single ?? '').replaceAll(/\\(.)/g, '$1') })
  }
  return tokens
}

const deepest = 32

/** What a parser reads from, one token at a time. */
export class Tokens {
  readonly #tokens: readonly Token[]
  #next = 0
  #depth = 0
  constructor(text: string) {
    this.#tokens = read(text)
  }

  /** Whether the next token was this sign: it is behind us then. */
  skip(sign: string): boolean {
    const next = this.#tokens[this.#next]
    if (next?.kind !== 'sign' || next.value !== sign) return false
    this.#next += 1
    return true
  }

  expect(sign: string): void {
    if (!this.skip(sign)) throw new CelError(`expected ${sign}`)
  }

  text(): string | undefined {
    const next = this.#tokens[this.#next]
    if (next?.kind !== 'text') return undefined
    this.#next += 1
    return next.value
  }

  name(): string {
    const next = this.#tokens[this.#next]
    if (next?.kind !== 'name') throw new CelError(`expected a value before "${next?.value ?? ''}"`)
    this.#next += 1
    return next.value
  }

  /** What stands in brackets or is negated: bounded, because whoever writes it chooses how deep. */
  deeper<T>(parse: () => T): T {
    this.#depth += 1
    if (this.#depth > deepest) throw new CelError(`nested more than ${deepest} deep`)
    const parsed = parse()
    this.#depth -= 1
    return parsed
  }

  end(): void {
    const next = this.#tokens[this.#next]
    if (next) throw new CelError(`unexpected "${next.value}"`)
  }
}
