// What the account that owns the repository says: its teams' members, its SAML names, its properties.
import { describe, expect, it } from 'vitest'
import { startScene } from './github-scene.ts'
import { answersOf, repositoryAnswer, startAdapter, subject } from './github-wire.ts'

describe('the members of a team', () => {
  it('are those of teams below too, and nobody who is only invited', async () => {
    const { github, subject: there, hub, acme, ada, grace } = await startScene()
    const parent = hub.addTeam(acme, 'Platform', { members: ['ada'] })
    const child = hub.addTeam(acme, 'Storage', { parent, members: ['grace'] })
    const members = await github.teamMembers(there, 'platform')
    expect(members?.toSorted((a, b) => a.id - b.id)).toEqual(
      [
        { id: ada.id, login: 'ada' },
        { id: grace.id, login: 'grace' },
      ].toSorted((a, b) => a.id - b.id),
    )
    hub.setTeamMembership(child, grace, 'pending')
    expect(await github.teamMembers(there, 'storage')).toEqual([])
  })

  it('are whole over several pages', async () => {
    const path = '/orgs/acme/teams/sre/members'
    const { adapter } = await startAdapter(
      answersOf({
        'GET /repos/acme/shop': repositoryAnswer,
        'GET /orgs/acme/teams/sre': { id: 5, slug: 'sre', organization: { id: 50 } },
        [`GET ${path}`]: (request: Request) => {
          const url = new URL(request.url)
          const next = `<${url.origin}${path}?page=2>; rel="next"`
          return url.searchParams.has('page')
            ? Response.json([{ id: 2, login: 'grace' }])
            : Response.json([{ id: 1, login: 'ada' }], { headers: { link: next } })
        },
      }),
    )
    expect(await adapter.github.teamMembers(subject, 'sre')).toEqual([
      { id: 1, login: 'ada' },
      { id: 2, login: 'grace' },
    ])
  })

  it('of no team, or of another organization`s, are not told', async () => {
    const { github, subject: there, hub } = await startScene()
    expect(await github.teamMembers(there, 'nobody')).toBeUndefined()
    hub.intercept((call, phase) =>
      phase === 'before' && call.operation === 'GET /orgs/:org/teams/:team_slug'
        ? Response.json({ id: 5, slug: 'sre', organization: { id: 12345 } })
        : undefined,
    )
    expect(await github.teamMembers(there, 'sre')).toBeUndefined()
  })
})

const ada = { id: 1, login: 'ada-before' }
const node = (nameId: string | null, id: number | null) => ({
  samlIdentity: nameId === null ? null : { nameId },
  user: id === null ? null : { databaseId: id },
})
const organization = (nodes: unknown, more: object = {}) => ({
  data: {
    organization: {
      databaseId: subject.accountId,
      samlIdentityProvider: nodes && {
        externalIdentities: { pageInfo: { hasNextPage: false }, nodes },
      },
      ...more,
    },
  },
})
const errors = (...listed: readonly object[]) => ({ data: { organization: null }, errors: listed })

const answering = (answer: unknown, root = '', graphql = '/graphql') =>
  startAdapter(
    answersOf({
      [`GET ${root}/repos/acme/shop`]: repositoryAnswer,
      [`GET ${root}/user/1`]: { id: 1, login: 'ada', type: 'User' },
      [`POST ${graphql}`]: () => Response.json(answer),
    }),
    { root },
  )

describe('SAML names', () => {
  it.each<[string, unknown, string[]]>([
    ['one link', [node('ada@acme.example', 1)], ['ada@acme.example']],
    ['two links', [node('a', 1), node('b', 1)], ['a', 'b']],
    ['the same name twice', [node('a', 1), node('a', 1)], ['a']],
    ['another person`s link', [node('eve@acme.example', 2)], []],
    ['a link to nobody', [node('eve@acme.example', null), null], []],
    ['a link by SCIM alone', [node(null, 1)], []],
    ['no link', [], []],
    ['no provider', null, []],
  ])('with %s', async (_, nodes, names) => {
    const { adapter } = await answering(organization(nodes))
    const expected = names.map((nameId) => ({ nameId }))
    expect(await adapter.github.samlIdentities(subject, ada)).toEqual(expected)
  })

  it.each([
    ['at the root', '', '/graphql'],
    ['of an enterprise`s own server', '/api/v3', '/api/graphql'],
  ])('are asked for %s, by the login of today', async (_, root, graphql) => {
    const { adapter, wire } = await answering(organization([node('a', 1)]), root, graphql)
    expect(await adapter.github.samlIdentities(subject, ada)).toEqual([{ nameId: 'a' }])
    const asked = wire.calls.find(({ path }) => path === graphql)
    expect(JSON.parse(asked?.body ?? '')).toMatchObject({
      variables: { org: 'acme', person: 'ada' },
    })
  })

  it('of an account that is gone are none', async () => {
    const { adapter } = await answering(organization([node('a', 2)]))
    expect(await adapter.github.samlIdentities(subject, { id: 2, login: 'x' })).toEqual([])
  })

  it('of what is no organization are none', async () => {
    const { adapter } = await answering(errors({ type: 'NOT_FOUND', message: 'no' }))
    expect(await adapter.github.samlIdentities(subject, ada)).toEqual([])
  })

  const forbidden = {
    type: 'FORBIDDEN',
    message: 'not accessible',
    extensions: { saml_failure: false },
  }
  it.each<[string, unknown, string]>([
    ['may not be seen', errors(forbidden), 'denied'],
    ['may not be seen, and more is not found', errors({ type: 'NOT_FOUND' }, forbidden), 'denied'],
    ['are over the limit', errors({ type: 'RATE_LIMITED', message: 'slow' }), 'transient'],
    ['fail at GitHub`s', errors({ message: 'Something went wrong' }), 'transient'],
    ['fail as nobody understands', errors(), 'transient'],
    [
      'fail besides',
      errors({ type: 'NOT_FOUND' }, { message: 'Something went wrong' }),
      'transient',
    ],
    [
      'are asked for wrongly',
      errors({ message: 'x', extensions: { code: 'undefinedField' } }),
      'invalid',
    ],
    ['come in another form', { data: { organization: 5 } }, 'invalid'],
    [
      'go on beyond one page',
      organization([], {
        samlIdentityProvider: {
          externalIdentities: { pageInfo: { hasNextPage: true }, nodes: [] },
        },
      }),
      'invalid',
    ],
    ['are another organization`s', organization([node('a', 1)], { databaseId: 51 }), 'transient'],
  ])('that %s are an error', async (_, answer, kind) => {
    const { adapter } = await answering(answer)
    const told = adapter.github.samlIdentities(subject, ada)
    await expect(told).rejects.toMatchObject({ name: 'GitHubError', kind })
  })
})

describe('a custom property', () => {
  const path = 'GET /repos/acme/shop/properties/values'
  const reading = async (values: unknown) => {
    const { adapter } = await startAdapter(
      answersOf({ 'GET /repos/acme/shop': repositoryAnswer, [path]: values }),
    )
    return adapter.github.property(subject, 'hallpass')
  }

  it.each<[string, unknown, string | undefined]>([
    [
      'is text',
      [
        { property_name: 'other', value: 'no' },
        { property_name: 'hallpass', value: 'yes' },
      ],
      'yes',
    ],
    ['is not set', [{ property_name: 'hallpass', value: null }], undefined],
    ['is a list', [{ property_name: 'hallpass', value: ['yes'] }], undefined],
    ['is written otherwise', [{ property_name: 'Hallpass', value: 'yes' }], undefined],
    ['is not there', [], undefined],
    ['is nothing this account has', undefined, undefined],
  ])('that %s', async (_, values, value) => {
    expect(await reading(values)).toBe(value)
  })

  it('that may not be seen is an error', async () => {
    const denied = () => Response.json({ message: 'no' }, { status: 403 })
    await expect(reading(denied)).rejects.toMatchObject({ kind: 'denied' })
  })

  it('of a repository that took the name over meanwhile is not believed', async () => {
    let reads = 0
    const { adapter } = await startAdapter(
      answersOf({
        'GET /repos/acme/shop': () => ({ ...repositoryAnswer, id: (reads += 1) === 1 ? 400 : 401 }),
        [path]: [{ property_name: 'hallpass', value: 'yes' }],
      }),
    )
    const told = adapter.github.property(subject, 'hallpass')
    await expect(told).rejects.toMatchObject({ kind: 'missing' })
  })
})
