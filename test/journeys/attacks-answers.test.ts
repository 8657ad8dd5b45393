// Defends: what GitHub does not say, says wrongly, or hides behind another status gives nobody anything.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { askedToReview, beginGuarded, standsNot, type Guarded } from '../support/guarded.ts'
import { grantOf, handled, openPull } from '../support/seen.ts'

let on: Guarded
beforeAll(async () => {
  on = await beginGuarded()
})
afterAll(() => on.end())

const json =
  (body: unknown, status = 200) =>
  () =>
    Response.json(body, { status })
const page = () =>
  new Response('<!doctype html><title>Unicorn!</title>', {
    status: 200,
    headers: { 'content-type': 'text/html' },
  })
const notFound = json({ message: 'Not Found' }, 404)
const forbidden = json({ message: 'Resource not accessible by integration' }, 403)

const role = /^GET \/repos\/[^/]+\/[^/]+\/collaborators\/.*\/permission$/
const membership = /^GET \/orgs\/[^/]+\/teams\/[^/]+\/memberships\//
const team = /^GET \/orgs\/[^/]+\/teams\/[^/]+$/
const commits = /\/pulls\/[^/]+\/commits$/
const pushes = /\/activity$/
const pullRequest = /^GET \/repos\/[^/]+\/[^/]+\/pulls\/[^/]+$/
const repository = /^GET \/repos\/[^/]+\/[^/]+$/
const person = /^GET \/user\/[^/]+$/

type Answer = () => Response

test.each<readonly [string, RegExp, Answer]>([
  ['a role is 404, not 403', role, notFound],
  ['a role is 403', role, forbidden],
  ['a role is a page', role, page],
  ['a role is nobody’s', role, json({ role_name: 'admin', permission: 'admin', user: null })],
  [
    'a role is somebody else’s',
    role,
    json({ role_name: 'admin', permission: 'admin', user: { id: 1, login: 'root' } }),
  ],
  ['a membership is 404, not 403', membership, notFound],
  ['a membership is empty', membership, json({})],
  ['a membership is pending', membership, json({ state: 'pending', role: 'maintainer' })],
  ['a membership is a page', membership, page],
  ['a team is 404', team, notFound],
  ['a team is empty', team, json({})],
  ['a team is another organization’s', team, json({ id: 1, slug: 'sre', organization: { id: 1 } })],
  ['the commits are none', commits, json([])],
  ['the commits are no list', commits, json({ total: 1 })],
  ['the commits are 404', commits, notFound],
  ['the pushes are none', pushes, json([])],
  ['the pushes are 404', pushes, notFound],
  ['the pull request is 404', pullRequest, notFound],
  ['the pull request is empty', pullRequest, json({})],
  ['the repository is 404', repository, notFound],
  ['the repository is empty', repository, json({})],
  ['the person is 404', person, notFound],
  ['the person is somebody else', person, json({ id: 1, login: 'root', type: 'User' })],
  ['anything fails', /^GET/, json({ message: 'Server Error' }, 500)],
])('%s: the yes gives nothing', async (_, operation, answer) => {
  const pull = openPull(on)
  const { grant, code } = await askedToReview(on, pull, on.people.octocat)
  let lied = 0
  const off = on.github.intercept((call, phase) => {
    if (phase !== 'before' || call.method !== 'GET') return undefined
    if (!operation.test(`${call.method} ${call.path}`)) return undefined
    lied += 1
    return answer()
  })
  on.github.comment(pull, on.cast.sara, `/access approve ${code}`)
  const { id } = on.github.lastDelivery('issue_comment', 'created')
  const worked = ['delivery.handled', 'delivery.failed']
  await on.hallpass.watch.seen(
    'what came of it',
    (line) => worked.includes(line.id) && line.fields['delivery'] === id,
    45_000,
  )
  expect(lied).toBeGreaterThan(0)
  expect(await grantOf(on, grant)).toMatchObject({ phase: 'requested', approvals: [] })
  standsNot(on)
  // Before it is tried again over true answers.
  await handled(on, on.github.closePullRequest(pull, on.people.alice).slice(0, 1))
  off()
  expect(await grantOf(on, grant)).toMatchObject({ phase: 'withdrawn' })
})
