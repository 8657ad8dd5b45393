// The import rule and the ambient rule, for oxlint: `hallpass/layers` and `hallpass/ambient`.
import { relative, resolve, sep } from 'node:path'
import { ambientNames, mayRead, type Ambient } from './ambient.ts'
import { whyNot } from './layers.ts'

/** The parts of an ESTree node that the rules look at. */
interface Node {
  readonly type: string
  readonly name?: string
  readonly value?: unknown
  readonly source?: Node | null
  readonly expression?: Node
  readonly object?: Node
  readonly property?: Node
  readonly callee?: Node
  readonly arguments?: readonly Node[]
  readonly specifiers?: readonly {
    readonly type: string
    readonly imported?: Node
    readonly local?: Node
  }[]
}
interface Context {
  readonly filename: string
  report(problem: { readonly node: Node; readonly message: string }): void
}

const root = resolve(import.meta.dirname, '..')
const pathOf = (context: Context): string => relative(root, context.filename).split(sep).join('/')

const layers = {
  create(context: Context) {
    const file = pathOf(context)
    const see = (node: Node, source: Node | null | undefined) => {
      if (!source) return
      const message =
        typeof source.value === 'string'
          ? whyNot(file, source.value)
          : 'an import must name its module in plain text, or no rule can read it'
      if (message !== undefined) context.report({ node, message })
    }
    const bySource = (node: Node) => see(node, node.source)
    return {
      ImportDeclaration: bySource,
      ExportNamedDeclaration: bySource,
      ExportAllDeclaration: bySource,
      ImportExpression: bySource,
      TSImportType: bySource,
      TSExternalModuleReference: (node: Node) => see(node, node.expression),
    }
  },
}

const ambient = {
  create(context: Context) {
    const file = pathOf(context)
    const see = (node: Node, what: Ambient | undefined) => {
      if (what === undefined || mayRead(file, what)) return
      context.report({
        node,
        message: `${what.text} is read only in ${what.in.join(', ')}: ${what.instead}`,
      })
    }
    const constructed = (node: Node) => {
      if (node.callee?.name === 'Date' && node.arguments?.length === 0)
        see(node, ambientNames.get('new Date'))
    }
    const fromModule = (node: Node) => {
      const module = textOf(node.source)
      see(node, ambientNames.get(module))
      for (const name of namesTaken(node)) see(node, ambientNames.get(`${module}.${name}`))
    }
    return {
      MemberExpression: (node: Node) => see(node, ambientNames.get(memberName(node))),
      NewExpression: constructed,
      CallExpression: constructed,
      ImportDeclaration: fromModule,
      ExportNamedDeclaration: fromModule,
      ExportAllDeclaration: fromModule,
      ImportExpression: fromModule,
    }
  },
}

/** `process.env`, also when written `globalThis.process.env` or `process['env']`. */
function memberName({ object, property }: Node): string {
  const owner = object?.type === 'MemberExpression' ? textOf(object.property) : textOf(object)
  return `${owner}.${textOf(property)}`
}

/** What an import or a re-export takes from its module; `*` where it takes the whole. */
const namesTaken = ({ type, specifiers }: Node): readonly string[] =>
  type === 'ImportExpression' || type === 'ExportAllDeclaration'
    ? ['*']
    : (specifiers ?? []).map((it) =>
        it.type === 'ExportSpecifier' ? textOf(it.local) : it.imported ? textOf(it.imported) : '*',
      )

const textOf = (node: Node | null | undefined): string =>
  node?.name ?? (typeof node?.value === 'string' ? node.value : '')

export default { meta: { name: 'hallpass' }, rules: { layers, ambient } }
