// What the Terraform modules would give, from the same files that they read.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

export const repositoryFile = (path: string): string =>
  readFileSync(resolve(import.meta.dirname, '../..', path), 'utf8')

export const moduleFile = (path: string): string => repositoryFile(`deploy/terraform/${path}`)

const placeholder = /\$\{(\w+)\}/g

export const placeholdersOf = (template: string): ReadonlySet<string> =>
  new Set([...template.matchAll(placeholder)].map(([, name = '']) => name))

/** As `templatefile` fills it. Throws for a placeholder without a value. */
export const filled = (template: string, values: Readonly<Record<string, string>>): string =>
  template.replace(placeholder, (_, name: string) => {
    const value = values[name]
    if (value === undefined) throw new Error(`Nothing is said about ${name}`)
    return value
  })

export interface Statement {
  readonly Sid: string
  readonly Effect: 'Allow' | 'Deny'
  readonly Action?: readonly string[]
  readonly Resource: readonly string[]
}

const nothing = Object.fromEntries(
  [...placeholdersOf(moduleFile('aws/permissions.json.tftpl'))].map((name) => [name, []]),
)

/** The statements of the AWS module: what is not chosen gives none. */
export function awsStatements(
  chosen: Readonly<Record<string, readonly string[]>>,
): readonly Statement[] {
  return statementsOf('permissions', { ...nothing, ...chosen }).filter(
    ({ Resource }) => Resource.length > 0,
  )
}

/** Of one of the AWS module's templates, each value written as JSON. */
export function statementsOf(
  name: 'permissions' | 'trust',
  values: Readonly<Record<string, unknown>>,
): readonly Statement[] {
  const written = new Map<string, string>()
  for (const [key, value] of Object.entries(values)) written.set(key, JSON.stringify(value))
  const text = filled(moduleFile(`aws/${name}.json.tftpl`), Object.fromEntries(written))
  return JSON.parse(text) as readonly Statement[]
}

export const asPolicy = (statements: readonly object[]) => ({
  Version: '2012-10-17',
  Statement: statements,
})

export const actionsAllowed = (statements: readonly Statement[]): readonly string[] =>
  [
    ...new Set(statements.flatMap(({ Effect, Action = [] }) => (Effect === 'Allow' ? Action : []))),
  ].toSorted()
