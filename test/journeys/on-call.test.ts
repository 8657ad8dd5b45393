// Approval by whoever an HTTP endpoint says is on call; and by whom the policy names while it does not answer.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Account, Issue, Team } from '../../sandbox/github/index.ts'
import { answered, cameOf, say, told } from '../support/acts.ts'
import { castOf, catalog, reads, type Member } from '../support/catalog.ts'
import { begin, type Journey } from '../support/journey.ts'
import { grantOf, line } from '../support/seen.ts'
import { turnedClock } from '../support/turned-clock.ts'

const clock = turnedClock()
let on: Journey
let sre: Team
const somebody = castOf(() => on)

/** What the endpoint answers. */
let answer: { readonly status: number; readonly body: string }
const names = (...users: readonly string[]) => ({
  status: 200,
  body: JSON.stringify({ on_calls: users.map((user) => ({ user })) }),
})
const people = { 'octocat@example.com': 583231, 'mona@example.com': 1002 }
let server: Server

beforeAll(async () => {
  server = createServer((_, response) => {
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  const source = { url: `http://127.0.0.1:${port}/now`, select: 'on_calls.*.user', people }
  const asked = (name: string, by: string) =>
    [name, { when: { requested: {} } }, { approval: { by: [by], count: 1 } }] as const
  const policy = catalog([asked('falls-back', 'on-call:kept'), asked('alone', 'on-call:strict')], {
    on_call: {
      kept: { ...source, fallback: ['team:sre'] },
      strict: { ...source, fallback: [] },
    },
  })
  on = await begin({ clock, policy })
  sre = on.github.addTeam(on.organization, 'sre')
})
afterAll(async () => {
  await on.end()
  server.closeAllConnections()
  await new Promise((closed) => server.close(closed))
})
beforeEach(() => clock.turn(60_000))

interface Asked {
  readonly who: Member
  readonly issue: Issue
  readonly id: string
  readonly code: string
}
async function ask(what: string): Promise<Asked> {
  const who = somebody()
  const issue = on.github.openIssue(on.repository, { author: who.person })
  await say(on, issue, who.person, `/access request ${what}`)
  const [grant] = await cameOf(on, issue)
  return { who, issue, id: grant?.id ?? '', code: grant?.revision.code ?? '' }
}
async function approve({ issue, code }: Asked, by: Account): Promise<string> {
  const { comment } = await say(on, issue, by, `/access approve ${code}`)
  return on.github.reactions(comment).at(-1) ?? 'none'
}
const isGiven = async ({ who, id }: Asked, what: string) => {
  await line(on, 'grant.activated', { grant: id })
  expect(reads(on, who, what)).toBe(true)
}

test('whoever is on call now approves, and whoever was before does not', async () => {
  answer = names('octocat@example.com')
  const request = await ask('falls-back')
  await told(on, request.issue, 'on call', '`kept`')
  answer = names('mona@example.com')
  expect(await approve(request, on.people.octocat)).toBe('-1')
  await answered(on, request.issue, 'does not name you as an approver')
  expect(await grantOf(on, request.id)).toMatchObject({ phase: 'requested' })
  expect(await approve(request, on.people.mona)).toBe('rocket')
  await isGiven(request, 'falls-back')
})

test('while it answers, the fallback approves nothing', async () => {
  answer = names('mona@example.com')
  const request = await ask('falls-back')
  const member = somebody({ writes: false, backend: false }).person
  on.github.setTeamMembership(sre, member)
  expect(await approve(request, member)).toMatch(/confused|none/)
  expect(await grantOf(on, request.id)).toMatchObject({ phase: 'requested' })
})

describe('while it does not answer', () => {
  const outages = [
    ['an error', { status: 503, body: 'down' }],
    ['no JSON', { status: 200, body: '<html>' }],
    ['another shape', { status: 200, body: '{"on_calls": 1}' }],
    ['somebody whom the policy does not know', names('octocat@example.com', 'eve@example.com')],
    ['a redirect', { status: 302, body: '' }],
  ] as const
  test.each(outages)('(%s), whom the policy names for that approves', async (_, outage) => {
    answer = outage
    const request = await ask('falls-back')
    expect(await approve(request, on.people.octocat)).toBe('-1')
    const member = somebody({ writes: false, backend: false }).person
    on.github.setTeamMembership(sre, member)
    expect(await approve(request, member)).toBe('rocket')
    await isGiven(request, 'falls-back')
  })

  test('and names nobody for that, nobody approves until it answers again', async () => {
    answer = { status: 503, body: 'down' }
    const request = await ask('alone')
    expect(await approve(request, on.people.octocat)).toBe('-1')
    expect(reads(on, request.who, 'alone')).toBe(false)
    answer = names('octocat@example.com')
    expect(await approve(request, on.people.octocat)).toBe('rocket')
    await isGiven(request, 'alone')
  })
})
