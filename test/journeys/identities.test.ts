// Who somebody is in AWS: from the map, from the organization's SAML identities, from a template; and when that is not sure.
import { writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { account } from '../../sandbox/scene.ts'
import type { Account, Issue } from '../../sandbox/github/index.ts'
import { cameOf, inShort, say, told } from '../support/acts.ts'
import { catalog, reads, type Member } from '../support/catalog.ts'
import { begin, type Journey } from '../support/journey.ts'
import { ended, refused } from '../support/seen.ts'
import { turnedClock } from '../support/turned-clock.ts'

const clock = turnedClock()
let on: Journey

const aws = (user: string) => [{ account, user }]
const rules = [['read', { when: { requested: {} } }, { eligible: ['team:backend'] }]] as const
const saml = { saml: { aws: aws('{name_id_local}') } }
const template = { template: { aws: aws('gh-{login}') } }
/** The map is the one of each test. */
const policy = (identities: readonly unknown[], identity_sources?: unknown) =>
  catalog(rules, { identities, ...(identity_sources === undefined ? {} : { identity_sources }) })

beforeAll(async () => {
  on = await begin({ clock, policy: policy([]) })
})
afterAll(() => on.end())
beforeEach(() => clock.turn(5 * 60_000))

let count = 0
/** A person of whom no identity is known yet. */
function stranger(): Account {
  const person = on.github.addUser(`stranger-${++count}`)
  on.github.setMembership(on.organization, person)
  on.github.setTeamMembership(on.backend, person)
  on.github.setRole(on.repository, person, 'write')
  return person
}
const userCalled = (name: string) => on.aws.addUser({ account, name })
const under = (identities: readonly unknown[], sources?: unknown) =>
  writeFile(on.hallpass.policyPath, policy(identities, sources))

interface Answer {
  readonly issue: Issue
  readonly codes: readonly string[]
  readonly grants: readonly string[]
}
async function ask(person: Account): Promise<Answer> {
  const issue = on.github.openIssue(on.repository, { author: person })
  const { delivery } = await say(on, issue, person, '/access request read')
  const codes = await refused(on, [delivery])
  return { issue, codes, grants: inShort(await cameOf(on, issue)) }
}
async function isGiven(person: Account, user: Member['user']): Promise<Issue> {
  const { issue, codes, grants } = await ask(person)
  expect({ codes, grants }).toEqual({ codes: [], grants: [`${person.login} read active`] })
  expect(reads(on, { person, user }, 'read')).toBe(true)
  return issue
}
async function isRefused(person: Account, code: string, ...said: readonly (string | RegExp)[]) {
  const { issue, codes, grants } = await ask(person)
  expect({ codes, grants }).toEqual({ codes: [code], grants: [] })
  await told(on, issue, '**Refused**', ...said)
}

describe('the map', () => {
  test('names the user, whatever the login', async () => {
    const person = stranger()
    const user = userCalled('zoe')
    await under([{ github: person.id, aws: aws('zoe') }])
    await isGiven(person, user)
  })

  test('without the person, or with a user who is not there, refuses and says what to add', async () => {
    const [unknown, mistaken] = [stranger(), stranger()]
    await under([{ github: mistaken.id, aws: aws('no-such-user') }])
    await isRefused(unknown, 'identity-missing', `github: ${unknown.id}`, '`identities`')
    await isRefused(mistaken, 'identity-missing', '`no-such-user`')
  })

  test('with the user’s id refuses another one of the same name', async () => {
    const person = stranger()
    const { userId } = userCalled('pinned')
    await under([{ github: person.id, aws: [{ account, user: 'pinned', id: userId }] }])
    const again = on.aws.recreateUser({ arn: `arn:aws:iam::${account}:user/pinned` })
    await isRefused(person, 'identity-missing', '`pinned`')
    expect(reads(on, { person, user: again }, 'read')).toBe(false)
  })
})

describe('SAML', () => {
  test('names the user by what stands before the @', async () => {
    const person = stranger()
    const user = userCalled('ada')
    on.github.setSamlIdentities(on.organization, [
      { nameId: 'ada@acme.example', person },
      { nameId: 'somebody.else@acme.example' },
    ])
    await under([], saml)
    await isGiven(person, user)
  })

  test('without an identity of theirs refuses', async () => {
    on.github.setSamlIdentities(on.organization, [{ nameId: 'ada@acme.example' }])
    await under([], saml)
    const person = stranger()
    await isRefused(person, 'identity-missing', `github: ${person.id}`)
  })

  test('with two that lead to different users refuses', async () => {
    const person = stranger()
    userCalled('bea')
    userCalled('beatrice')
    on.github.setSamlIdentities(on.organization, [
      { nameId: 'bea@acme.example', person },
      { nameId: 'beatrice@acme.example', person },
    ])
    await under([], saml)
    await isRefused(person, 'identity-ambiguous', 'is not sure')
  })

  test('that leads to a user whom the map gives to somebody else refuses', async () => {
    const [person, owner] = [stranger(), stranger()]
    userCalled('cleo')
    on.github.setSamlIdentities(on.organization, [{ nameId: 'cleo@acme.example', person }])
    await under([{ github: owner.id, aws: aws('cleo') }], saml)
    await isRefused(person, 'identity-ambiguous', 'somebody else’s')
    await under([{ github: owner.id, aws: aws('Cleo') }], saml)
    await isRefused(person, 'identity-ambiguous', 'somebody else’s')
  })

  test('that leads to a user whom the map knows as somebody else under a former name refuses', async () => {
    const [person, owner] = [stranger(), stranger()]
    const { userId } = userCalled('kim')
    on.github.setSamlIdentities(on.organization, [{ nameId: 'kim@acme.example', person }])
    const [former] = aws('kimberley')
    await under([{ github: owner.id, aws: [{ ...former, id: userId }] }], saml)
    await isRefused(person, 'identity-ambiguous', 'somebody else’s')
  })

  test('that names another user than before refuses until the map says who it is', async () => {
    const person = stranger()
    const former = userCalled('dora')
    const later = userCalled('dorothea')
    on.github.setSamlIdentities(on.organization, [{ nameId: 'dora@acme.example', person }])
    await under([], saml)
    const issue = await isGiven(person, former)
    on.github.closeIssue(issue, 'alice')
    const [grant] = await cameOf(on, issue)
    await ended(on, grant?.id ?? '')

    on.github.setSamlIdentities(on.organization, [{ nameId: 'dorothea@acme.example', person }])
    await isRefused(person, 'identity-changed', 'is not sure', `github: ${person.id}`)
    await under([{ github: person.id, aws: aws('dorothea') }], saml)
    await isGiven(person, later)
  })

  test('is not asked for who is in the map', async () => {
    const person = stranger()
    const user = userCalled('finn')
    on.github.setSamlIdentities(on.organization, [{ nameId: 'wrong@acme.example', person }])
    await under([{ github: person.id, aws: aws('finn') }], saml)
    await isGiven(person, user)
  })
})

describe('a template', () => {
  test('fills in the login', async () => {
    const person = stranger()
    const user = userCalled(`gh-${person.login}`)
    await under([], template)
    await isGiven(person, user)
  })

  test('is for those whom SAML does not know', async () => {
    const [known, unknown] = [stranger(), stranger()]
    const [bySaml, byLogin] = [userCalled('gus'), userCalled(`gh-${unknown.login}`)]
    on.github.setSamlIdentities(on.organization, [{ nameId: 'gus@acme.example', person: known }])
    await under([], { ...saml, ...template })
    await isGiven(known, bySaml)
    await isGiven(unknown, byLogin)
  })

  test('gives nothing to who took over a login: the user was somebody else’s', async () => {
    const former = stranger()
    const { login } = former
    userCalled(`gh-${login}`)
    await under([], template)
    const { issue } = await ask(former)
    const [grant] = await cameOf(on, issue)
    await say(on, issue, former, '/access done')
    await ended(on, grant?.id ?? '')

    on.github.renameAccount(former, `${login}-renamed`)
    const squatter = stranger()
    on.github.renameAccount(squatter, login)
    await isRefused(squatter, 'identity-ambiguous', 'is not sure')
  })

  test('gives nothing when the user was made anew under the same name', async () => {
    const person = stranger()
    const name = `gh-${person.login}`
    const user = userCalled(name)
    await under([], template)
    const issue = await isGiven(person, user)
    const [grant] = await cameOf(on, issue)
    await say(on, issue, person, '/access done')
    await ended(on, grant?.id ?? '')
    const again = on.aws.recreateUser({ arn: `arn:aws:iam::${account}:user/${name}` })
    await isRefused(person, 'identity-changed', 'is not sure')
    expect(reads(on, { person, user: again }, 'read')).toBe(false)
  })
})
