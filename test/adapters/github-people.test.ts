import { describe, expect, it } from 'vitest'
import { foldRole } from '../../src/adapters/github/people.ts'
import { startScene } from './github-scene.ts'

describe('an account', () => {
  it('is read by its id, whatever it is called now', async () => {
    const { github, subject, hub, grace } = await startScene()
    expect(await github.account(subject, grace.id)).toEqual({
      id: grace.id,
      login: 'grace',
      type: 'User',
    })
    hub.renameAccount(grace, 'hopper')
    expect(await github.account(subject, grace.id)).toMatchObject({ login: 'hopper' })
  })

  it('may be a bot, an organization, or gone', async () => {
    const { github, subject, hub, acme } = await startScene()
    const bot = hub.addBot('renovate[bot]')
    expect(await github.account(subject, bot.id)).toMatchObject({ type: 'Bot' })
    expect(await github.account(subject, acme.id)).toMatchObject({ type: 'Organization' })
    expect(await github.account(subject, 1)).toBeUndefined()
  })
})

describe('a role', () => {
  it.each(['read', 'triage', 'write', 'maintain', 'admin'] as const)(
    'is read as %s, not as what GitHub folds it to',
    async (role) => {
      const { github, subject, hub, shop, grace } = await startScene()
      hub.setRole(shop, grace, role)
      expect(await github.roleOf(subject, grace)).toBe(role)
    },
  )

  it('of a custom name counts as what it amounts to', async () => {
    const { github, subject, hub, shop, grace } = await startScene()
    hub.setRole(shop, grace, { name: 'releaser', base: 'maintain' })
    expect(await github.roleOf(subject, grace)).toBe('write')
    hub.setRole(shop, grace, { name: 'triager', base: 'triage' })
    expect(await github.roleOf(subject, grace)).toBe('read')
  })

  it('of nobody in particular is none, and read where everybody reads', async () => {
    const { github, subject, hub, shop } = await startScene()
    const eve = hub.addUser('eve')
    expect(await github.roleOf(subject, eve)).toBe('none')
    hub.setVisibility(shop, 'ada', 'public')
    expect(await github.roleOf(subject, eve)).toBe('read')
  })

  it('follows the person to another login, not the login to another person', async () => {
    const { github, subject, hub, grace } = await startScene()
    const before = { id: grace.id, login: 'grace' }
    hub.renameAccount(grace, 'hopper')
    const thief = hub.addUser('grace')
    expect(await github.roleOf(subject, before)).toBe('write')
    expect(await github.roleOf(subject, { id: thief.id, login: 'hopper' })).toBe('none')
  })

  it('follows them also where the login was read a moment ago', async () => {
    const { github, subject, hub, grace } = await startScene()
    expect(await github.roleOf(subject, grace)).toBe('write')
    hub.renameAccount(grace, 'hopper')
    const thief = hub.addUser('grace')
    expect(await github.roleOf(subject, { id: grace.id, login: 'grace' })).toBe('write')
    expect(await github.roleOf(subject, thief)).toBe('none')
  })

  it('is read anew each time, and only the names in the call are not', async () => {
    const { github, subject, hub, shop, grace } = await startScene()
    expect(await github.roleOf(subject, grace)).toBe('write')
    const former = hub.calls.length
    hub.setRole(shop, grace, 'read')
    expect(await github.roleOf(subject, grace)).toBe('read')
    expect(hub.calls.slice(former)).toHaveLength(1)
  })

  it('is none when the login changes hands between the two reads', async () => {
    const { github, subject, hub, grace } = await startScene()
    const eve = hub.addUser('eve')
    const stop = hub.intercept((call, phase) => {
      if (phase !== 'after' || call.operation !== 'GET /user/:account_id') return
      stop()
      hub.renameAccount(eve, 'eve-before')
      hub.renameAccount(grace, 'eve')
    })
    expect(await github.roleOf(subject, eve)).toBe('none')
  })

  it('of a deleted account is none', async () => {
    const { github, subject, hub, grace } = await startScene()
    hub.removeAccount(grace)
    expect(await github.roleOf(subject, grace)).toBe('none')
  })

  it.each([
    ['maintain', 'write', 'maintain'],
    ['triage', 'read', 'triage'],
    ['admin', 'admin', 'admin'],
    ['none', 'none', 'none'],
    // What disagrees with itself is believed in the lesser of the two.
    ['admin', 'read', 'read'],
    ['admin', 'none', 'none'],
    ['write', 'owner', 'none'],
    ['', '', 'none'],
    ['security-reader', 'read', 'read'],
  ])('%s with permission %s is %s', (roleName, permission, expected) => {
    expect(foldRole(roleName, permission)).toBe(expected)
  })
})

describe('membership of a team', () => {
  it('tells members, others, and teams that are not there', async () => {
    const { github, subject, hub, acme, grace, ada } = await startScene()
    hub.addTeam(acme, 'SRE', { members: ['grace'] })
    expect(await github.teamMembership(subject, 'sre', grace)).toBe('member')
    expect(await github.teamMembership(subject, 'sre', ada)).toBe('not-member')
    expect(await github.teamMembership(subject, 'nobody', grace)).toBe('unknown')
  })

  it('counts members of teams below, and no invitation', async () => {
    const { github, subject, hub, acme, grace, ada } = await startScene()
    const parent = hub.addTeam(acme, 'Platform')
    const child = hub.addTeam(acme, 'Storage', { parent, members: ['grace'] })
    hub.setTeamMembership(child, ada, 'pending')
    expect(await github.teamMembership(subject, 'platform', grace)).toBe('member')
    expect(await github.teamMembership(subject, 'storage', ada)).toBe('not-member')
  })

  it('follows the person to another login, not the login to another person', async () => {
    const { github, subject, hub, acme, grace } = await startScene()
    hub.addTeam(acme, 'SRE', { members: ['grace'] })
    const before = { id: grace.id, login: 'grace' }
    hub.renameAccount(grace, 'hopper')
    const thief = hub.addUser('grace')
    expect(await github.teamMembership(subject, 'sre', before)).toBe('member')
    expect(await github.teamMembership(subject, 'sre', { id: thief.id, login: 'hopper' })).toBe(
      'not-member',
    )
  })

  it('is unknown, not read elsewhere, when the organization`s name is another`s', async () => {
    const { github, subject, hub, grace } = await startScene()
    // As if the name led to a team of another organization with the same slug.
    hub.intercept((call, phase) =>
      phase === 'before' && call.operation === 'GET /orgs/:org/teams/:team_slug'
        ? Response.json({ id: 5, slug: 'sre', organization: { id: 12345 } })
        : undefined,
    )
    expect(await github.teamMembership(subject, 'sre', grace)).toBe('unknown')
  })
})
