// The part of CEL that conditions in policies here use. Whatever else is written is refused rather than guessed at.
import { Tokens, CelError } from './tokens.ts'

/** What a request tells about itself and the resource that it is for. */
export interface Attributes {
  readonly time: number
  readonly name?: string | undefined
  readonly service?: string | undefined
  readonly type?: string | undefined
}

type Value = boolean | string | number
type Type = 'bool' | 'string' | 'timestamp'
/** Undefined is CEL's error: an attribute that this resource does not have. */
interface Node {
  readonly type: Type
  value(attributes: Attributes): Value | undefined
}

export interface Expression {
  /** Of `&&`, `||` and `!`. */
  readonly operators: number
  /** Undefined where it cannot be decided; that grants nothing. */
  evaluate(attributes: Attributes): boolean | undefined
}

const attributes: Readonly<Record<string, Node>> = {
  'request.time': { type: 'timestamp', value: (it) => it.time },
  'resource.name': { type: 'string', value: (it) => it.name },
  'resource.service': { type: 'string', value: (it) => it.service },
  'resource.type': { type: 'string', value: (it) => it.type },
}

const comparisons: Readonly<Record<string, (a: Value, b: Value) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
}

const stringTests: Readonly<Record<string, (text: string, part: string) => boolean>> = {
  startsWith: (text, part) => text.startsWith(part),
  endsWith: (text, part) => text.endsWith(part),
}

const rfc3339 = /^\d{4}-\d\d-\d\dT(?!24)\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/

function timestamp(text: string): Node {
  const ms = rfc3339.test(text) ? Date.parse(text) : Number.NaN
  // Date.parse carries 30 February over into March.
  const [day = ''] = text.split('T')
  const real = !Number.isNaN(ms) && new Date(day).toISOString().startsWith(day)
  if (!real) throw new CelError(`"${text}" is no timestamp`)
  return { type: 'timestamp', value: () => ms }
}

const known = (node: Node, type: Type): Node => {
  if (node.type !== type) throw new CelError(`expected a ${type}, found a ${node.type}`)
  return node
}

/** Either side may be undecided as long as the other decides: `decisive` is true for `||`, false for `&&`. */
function logical(left: Node, right: Node, decisive: boolean): Node {
  const [a, b] = [known(left, 'bool'), known(right, 'bool')]
  return {
    type: 'bool',
    value(it) {
      const first = a.value(it)
      if (first === decisive) return decisive
      const second = b.value(it)
      if (second === decisive) return decisive
      return first === undefined || second === undefined ? undefined : !decisive
    },
  }
}

function negation(of: Node): Node {
  const inner = known(of, 'bool')
  return {
    type: 'bool',
    value(it) {
      const value = inner.value(it)
      return value === undefined ? undefined : !value
    },
  }
}

function comparison(left: Node, operator: string, right: Node): Node {
  const compare = comparisons[operator]
  known(right, left.type)
  const ordered = left.type === 'timestamp' || operator === '==' || operator === '!='
  if (!compare || !ordered) throw new CelError(`${operator} does not apply to a ${left.type}`)
  return {
    type: 'bool',
    value(it) {
      const [a, b] = [left.value(it), right.value(it)]
      return a === undefined || b === undefined ? undefined : compare(a, b)
    },
  }
}

class Parser {
  operators = 0
  readonly #tokens: Tokens
  constructor(tokens: Tokens) {
    this.#tokens = tokens
  }

  or(): Node {
    let left = this.#and()
    while (this.#tokens.skip('||')) {
      this.operators += 1
      left = logical(left, this.#and(), true)
    }
    return left
  }

  #and(): Node {
    let left = this.#relation()
    while (this.#tokens.skip('&&')) {
      this.operators += 1
      left = logical(left, this.#relation(), false)
    }
    return left
  }

  #relation(): Node {
    const left = this.#unary()
    const operator = Object.keys(comparisons).find((it) => this.#tokens.skip(it))
    return operator === undefined ? left : comparison(left, operator, this.#unary())
  }

  #unary(): Node {
    if (!this.#tokens.skip('!')) return this.#primary()
    this.operators += 1
    return negation(this.#tokens.deeper(() => this.#unary()))
  }

  #primary(): Node {
    if (this.#tokens.skip('(')) {
      const inner = this.#tokens.deeper(() => this.or())
      this.#tokens.expect(')')
      return inner
    }
    const text = this.#tokens.text()
    if (text !== undefined) return { type: 'string', value: () => text }
    return this.#named(this.#tokens.name())
  }

  #named(name: string): Node {
    if (name === 'true' || name === 'false') return { type: 'bool', value: () => name === 'true' }
    if (name === 'timestamp') return timestamp(this.#argument())
    const attribute = attributes[name]
    if (attribute) return attribute
    const [, owner = '', method = ''] = /^(.*)\.(\w+)$/.exec(name) ?? []
    const [text, test] = [attributes[owner], stringTests[method]]
    if (!text || !test) throw new CelError(`undeclared reference to '${name}'`)
    known(text, 'string')
    const part = this.#argument()
    return {
      type: 'bool',
      value(it) {
        const value = text.value(it)
        return typeof value === 'string' ? test(value, part) : undefined
      },
    }
  }

  #argument(): string {
    this.#tokens.expect('(')
    const text = this.#tokens.text()
    if (text === undefined) throw new CelError('expected a string')
    this.#tokens.expect(')')
    return text
  }
}

/** Throws CelError. */
export function parseExpression(text: string): Expression {
  const tokens = new Tokens(text)
  const parser = new Parser(tokens)
  const root = known(parser.or(), 'bool')
  tokens.end()
  return {
    operators: parser.operators,
    evaluate(it) {
      const value = root.value(it)
      return typeof value === 'boolean' ? value : undefined
    },
  }
}
