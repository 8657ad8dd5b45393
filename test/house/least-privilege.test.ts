// The modules in deploy/terraform give what the adapters call: nothing is missing, and nothing is more.
import { expect, test } from 'vitest'
import { apiActions as awsActions } from '../../src/adapters/aws/create-aws.ts'
import { apiActions as centerActions } from '../../src/adapters/aws/identity-center/create-identity-center.ts'
import { apiActions as azureActions } from '../../src/adapters/azure/create-azure.ts'
import { apiActions as gcpActions } from '../../src/adapters/gcp/create-gcp.ts'
import {
  actionsAllowed,
  awsStatements,
  moduleFile,
  placeholdersOf,
  repositoryFile,
} from '../support/deploy.ts'

const everything = Object.fromEntries(
  [...placeholdersOf(moduleFile('aws/permissions.json.tftpl'))].map((name) => [name, ['*']]),
)
const ofHub = ['sts:AssumeRole']
/** NB: with it a role that Hallpass made could be led out of its boundary. */
const withheld = ['iam:DeleteRolePermissionsBoundary']
const inCenter = (action: string) => /^(?:sso|identitystore):/.test(action)

test('AWS', () => {
  const given = actionsAllowed(awsStatements(everything)).filter((it) => !inCenter(it))
  const called = awsActions.filter((action) => !withheld.includes(action))
  expect(given).toEqual([...called, ...ofHub].toSorted())
})

test('Identity Center', () => {
  const given = actionsAllowed(awsStatements(everything)).filter(inCenter)
  expect(given).toEqual(centerActions.toSorted())
})

test('Google Cloud', () => {
  const permissions = JSON.parse(moduleFile('gcp/permissions.json')) as Record<string, string[]>
  expect(Object.values(permissions).flat().toSorted()).toEqual(gcpActions.toSorted())
  for (const [kind, own] of Object.entries(permissions))
    expect(own.every((it) => it.startsWith(`resourcemanager.${kind}.`))).toBe(true)
})

test('Azure', () => {
  const permissions = JSON.parse(moduleFile('azure/permissions.json')) as Record<string, string[]>
  expect(Object.values(permissions).flat().toSorted()).toEqual(azureActions.toSorted())
})

test('what nobody chooses gives nothing but a look at itself', () => {
  const self = ['arn:aws:iam::111122223333:role/hallpass']
  expect(awsStatements({ self, never: self }).map(({ Sid }) => Sid)).toEqual([
    'ExamineItself',
    'NeverChangeItself',
  ])
})

/** Names that a map in a module's `permissions.tf` has. */
function namesIn(map: string): readonly string[] {
  const [, body = ''] =
    new RegExp(`\n  ${map} = \\{\n([\\s\\S]*?)\n  \\}\n`).exec(moduleFile('aws/permissions.tf')) ??
    []
  return [...body.matchAll(/^ {4}(\w+) += /gm)].map(([, name = '']) => name)
}

test.each([
  ['permissions', 'values'],
  ['trust', 'trust_values'],
])('the AWS module says a value for all that its %s leave open', (file, map) => {
  const open = placeholdersOf(moduleFile(`aws/${file}.json.tftpl`))
  expect(namesIn(map).toSorted()).toEqual([...open].toSorted())
})

const declared = (text: string, form: RegExp) =>
  new Set([...text.matchAll(form)].map(([, name = '']) => name))

/** Terraform itself is not needed for these tests: what it would say first is said here. */
test.each(['aws', 'gcp', 'azure'])('the %s module uses what it declares', (cloud) => {
  const files = [
    'variables',
    'permissions',
    'main',
    'outputs',
    ...(cloud === 'gcp' ? ['identity'] : []),
  ]
  const text = files.map((file) => moduleFile(`${cloud}/${file}.tf`)).join('\n')
  const locals = /\nlocals \{\n([\s\S]*?)\n\}\n/.exec(text)?.[1] ?? ''
  const rest = text.replaceAll(/"\$\{path\.module\}[^"]*"/g, '""')
  expect(declared(rest, /\bvar\.(\w+)/g)).toEqual(declared(text, /^variable "(\w+)"/gm))
  expect(declared(rest, /\blocal\.(\w+)/g)).toEqual(declared(locals, /^ {2}(\w+) += /gm))
  const resources = declared(text, /^(?:resource|data) "(\w+" "\w+)"/gm)
  const used = declared(rest, /(?<![\w."/])((?:aws|google|azurerm)_\w+\.\w+)/g)
  const named = new Set([...resources].map((it) => it.replace('" "', '.')))
  expect([...used].filter((it) => !named.has(it))).toEqual([])
})

const variablesOf = (cloud: string) =>
  [...moduleFile(`${cloud}/variables.tf`).matchAll(/^variable "(\w+)"/gm)].map(([, it = '']) => it)

test.each([
  ['aws', actionsAllowed(awsStatements(everything))],
  ['gcp', gcpActions],
  ['azure', azureActions],
])('the page about %s tells of every permission and every variable', (cloud, actions) => {
  const page = repositoryFile(`docs/clouds/${cloud}.md`)
  const told = [...actions, ...variablesOf(cloud)]
  expect(told.filter((it) => !page.includes(`\`${it}\``))).toEqual([])
})
