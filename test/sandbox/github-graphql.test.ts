import { afterEach, expect, test } from 'vitest'
import type { SandboxGitHub } from '../../sandbox/github/index.ts'
import { probotOf, scene } from './github-clients.ts'

const open: SandboxGitHub[] = []
afterEach(async () => {
  for (const github of open.splice(0)) await github.close()
})
async function begin(options: Parameters<typeof scene>[0] = {}) {
  const begun = await scene(options)
  open.push(begun.github)
  const { octokit } = begun
  const ask = async (query: string, variables: object = {}, path = '/graphql') => {
    const { data } = await octokit.request(`POST ${path}`, { query, variables })
    return data as { data?: unknown; errors?: unknown }
  }
  return { ...begun, ask }
}

const query = `query Identities($org: String!, $login: String, $after: String) {
  organization(login: $org) { # its provider
    samlIdentityProvider {
      externalIdentities(first: 100, login: $login, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes { samlIdentity { nameId } user { login databaseId } }
      }
    }
  }
}`
const found = (nodes: object[]) => ({
  data: {
    organization: {
      samlIdentityProvider: {
        externalIdentities: {
          pageInfo: { hasNextPage: false, endCursor: expect.anything() },
          nodes,
        },
      },
    },
  },
})

test('an organization’s SAML identities are found by login, all of them, linked or not', async () => {
  const { github, ada, bob, org, ask } = await begin()
  github.setSamlIdentities(org, [
    { nameId: 'ada@shop.example', person: ada },
    { nameId: 'a.lovelace@shop.example', person: ada },
    { nameId: 'bob@shop.example', person: bob },
    { nameId: 'nobody@shop.example' },
  ])
  expect(await ask(query, { org: 'shop', login: 'Ada' })).toEqual(
    found([
      { samlIdentity: { nameId: 'ada@shop.example' }, user: { login: 'ada', databaseId: ada.id } },
      {
        samlIdentity: { nameId: 'a.lovelace@shop.example' },
        user: { login: 'ada', databaseId: ada.id },
      },
    ]),
  )
  const all = await ask(query, { org: 'shop' })
  expect(JSON.stringify(all)).toContain(
    '{"samlIdentity":{"nameId":"nobody@shop.example"},"user":null}',
  )
  expect(JSON.stringify(await ask(query, { org: 'shop', login: 'eve' }))).toContain('"nodes":[]')
  expect(JSON.stringify(await ask(query, { org: 'shop', login: 'x' }))).toContain('"nodes":[]')
})

test('Octokit’s own graphql reads them, also below GitHub Enterprise Server’s path', async () => {
  const { github, ada, org, installation } = await begin()
  github.setSamlIdentities(org, [{ nameId: 'ada@shop.example', person: ada }])
  for (const prefix of ['', '/api/v3']) {
    const octokit = await probotOf(github, github.privateKey, prefix).auth(installation.id)
    const answer = await octokit.graphql(query, { org: 'shop', login: 'ada' })
    expect(JSON.stringify(answer)).toContain('ada@shop.example')
  }
  expect(github.unhandled).toEqual([])
})

test('pages follow their cursor', async () => {
  const { github, org, ask } = await begin()
  const names = Array.from({ length: 5 }, (_, n) => ({ nameId: `n${n}` }))
  github.setSamlIdentities(org, names)
  const seen: string[] = []
  interface Page {
    organization: {
      samlIdentityProvider: {
        externalIdentities: {
          totalCount: number
          edges: { cursor: string; node: { samlIdentity: { nameId: string } } }[]
          pageInfo: { hasNextPage: boolean; endCursor: string }
        }
      }
    }
  }
  for (let after: string | null = null, more = true; more;) {
    const { data } = await ask(
      `query ($after: String) { organization(login: "shop") { samlIdentityProvider {
        externalIdentities(first: 2, after: $after) {
          totalCount edges { cursor node { samlIdentity { nameId } } } pageInfo { hasNextPage endCursor }
        } } } }`,
      { after },
    )
    const page = (data as Page).organization.samlIdentityProvider.externalIdentities
    expect(page.totalCount).toBe(5)
    seen.push(...page.edges.map(({ node }) => node.samlIdentity.nameId))
    after = page.pageInfo.endCursor
    more = page.pageInfo.hasNextPage
  }
  expect(seen).toEqual(names.map(({ nameId }) => nameId))
})

test('an organization without a provider has null, and one that is not there is an error', async () => {
  const { bob, ask } = await begin()
  expect(await ask(query, { org: 'shop', login: 'ada' })).toEqual({
    data: { organization: { samlIdentityProvider: null } },
  })
  for (const login of ['nowhere', bob.login])
    expect(await ask(query, { org: login })).toEqual({
      data: { organization: null },
      errors: [
        {
          type: 'NOT_FOUND',
          path: ['organization'],
          message: `Could not resolve to an Organization with the login of '${login}'.`,
        },
      ],
    })
})

test('identities are for the organization’s own installation with members: read', async () => {
  const poor = await begin({ permissions: { metadata: 'read' } })
  const full = await begin()
  full.github.setSamlIdentities(full.github.addOrganization('elsewhere'), [{ nameId: 'x' }])
  for (const answer of [
    await poor.ask(query, { org: 'shop' }),
    await full.ask(query, { org: 'elsewhere' }),
  ])
    expect(answer).toEqual({
      data: { organization: { samlIdentityProvider: null } },
      errors: [
        {
          type: 'FORBIDDEN',
          path: ['organization', 'samlIdentityProvider'],
          message: 'Resource not accessible by integration',
        },
      ],
    })
})

test.each([
  ['{ organization(login: "shop") { payroll } }', "Field 'payroll' doesn't exist"],
  ['{ organization(login: "shop") }', 'must have selections'],
  ['{ organization(login: "shop") { login { x } } }', 'on scalars'],
  ['{ organization(name: "shop") { login } }', "doesn't accept argument 'name'"],
  ['mutation { organization(login: "shop") { login } }', 'Expected query'],
  ['{ ...everything }', 'not simulated'],
  ['{ organization(login: "shop") {', 'Unexpected end'],
])('what is not simulated is an error and is noted: %s', async (asked, message) => {
  const { github, org, ask } = await begin()
  github.setSamlIdentities(org, [])
  expect(await ask(asked)).toEqual({ errors: [{ message: expect.stringContaining(message) }] })
  expect(github.unhandled).toEqual([expect.stringContaining(message)])
})

test('a connection without a page’s size, or with too large a one, is an error', async () => {
  const { github, org, ask } = await begin()
  github.setSamlIdentities(org, [])
  for (const [args, type] of [
    ['(login: "ada")', 'MISSING_PAGINATION_BOUNDARIES'],
    ['(first: 101)', 'EXCESSIVE_PAGINATION'],
  ])
    expect(
      await ask(
        `{ organization(login: "shop") { samlIdentityProvider { externalIdentities${args} { totalCount } } } }`,
      ),
    ).toMatchObject({ errors: [{ type }] })
})
