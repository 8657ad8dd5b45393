import { afterEach, describe, expect, test } from 'vitest'
import type { SandboxGitHub } from '../../sandbox/github/index.ts'
import { failure, scene } from './github-clients.ts'

const open: SandboxGitHub[] = []
afterEach(async () => {
  for (const github of open.splice(0)) await github.close()
})
async function begin(options: Parameters<typeof scene>[0] = {}) {
  const begun = await scene(options)
  open.push(begun.github)
  return begun
}
const parsed = (body: string) => JSON.parse(body) as Record<string, unknown>
interface Asking {
  readonly action: string
  readonly requested_team?: { readonly slug: string }
  readonly requested_reviewer?: { readonly login: string }
  readonly sender: { readonly login: string }
  readonly pull_request: { readonly updated_at: string }
}
const asked = (github: SandboxGitHub) =>
  github.deliveries
    .filter(({ event }) => event === 'pull_request')
    .map(({ body }) => JSON.parse(body) as Asking)
const said = ({ action, requested_team, requested_reviewer, sender }: Asking) =>
  `${sender.login} ${action} ${requested_team?.slug ?? requested_reviewer?.login ?? ''}`

describe('a team’s review', () => {
  test('is asked for by one and taken back by another', async () => {
    const { github, ada, bob, org, pull, octokit, at } = await begin()
    const team = github.addTeam(org, 'Backend', { members: [bob] })
    github.requestTeamReview(pull, ada, team)
    const asking = () => octokit.rest.pulls.listRequestedReviewers({ ...at, pull_number: 1 })
    expect((await asking()).data).toMatchObject({ users: [], teams: [{ id: team.id }] })
    github.removeReviewRequest(pull, bob, team)
    expect((await asking()).data.teams).toEqual([])
    expect(asked(github).map(said)).toEqual([
      'ada review_requested backend',
      'bob review_request_removed backend',
    ])
  })

  test('is handed to members by its assignment, within the one act', async () => {
    let now = Date.UTC(2030, 0, 1)
    const { github, ada, bob, org, pull } = await begin({ now: () => now })
    now += 60_000
    const carol = github.addUser('carol')
    const team = github.addTeam(org, 'Backend', { members: [bob, carol] })
    github.requestTeamReview(pull, ada, team, { assigns: [bob, carol] })
    expect(asked(github).map(said)).toEqual([
      'ada review_requested backend',
      'ada review_request_removed backend',
      'ada review_requested bob',
      'ada review_requested carol',
    ])
    expect(new Set(asked(github).map((one) => one.pull_request.updated_at)).size).toBe(1)
    expect(pull.pull).toMatchObject({ teams: [], reviewers: [bob.id, carol.id] })
  })

  test('is asked for with people’s, one delivery each', async () => {
    const { github, ada, bob, org, pull } = await begin()
    const team = github.addTeam(org, 'Backend')
    github.requestReviews(pull, ada, [bob, team])
    expect(asked(github).map(said)).toEqual([
      'ada review_requested bob',
      'ada review_requested backend',
    ])
  })

  test('is asked for in a stranger’s name by CODEOWNERS', async () => {
    const { github, bob, eve, org, repository } = await begin()
    const team = github.addTeam(org, 'Backend')
    const pull = github.openPullRequest(repository, {
      author: eve,
      from: github.fork(repository, eve),
      reviewers: [team, bob],
      announced: true,
    })
    expect(asked(github).map(said)).toEqual([
      'eve opened ',
      'eve review_requested backend',
      'eve review_requested bob',
    ])
    expect(pull.pull).toMatchObject({ teams: [team.id], reviewers: [bob.id] })
  })
})

test('a team’s members come in pages, child teams’ included, pending ones not', async () => {
  const { github, ada, bob, eve, org, octokit } = await begin()
  const team = github.addTeam(org, 'SRE', { members: [ada] })
  const child = github.addTeam(org, 'On call', { parent: team, members: [bob] })
  const grandchild = github.addTeam(org, 'Nights', { parent: child })
  github.setTeamMembership(grandchild, eve, 'pending')
  for (let n = 1; n <= 30; n += 1)
    github.setTeamMembership(grandchild, github.addUser(`night-${n}`), 'active', 'maintainer')
  const of = (team_slug: string, role: 'all' | 'maintainer' = 'all') =>
    octokit.paginate(octokit.rest.teams.listMembersInOrg, { org: 'shop', team_slug, role })
  const all = await of('sre')
  expect(all).toHaveLength(32)
  expect(all.slice(0, 2).map(({ login }) => login)).toEqual(['ada', 'bob'])
  expect(await of('sre', 'maintainer')).toHaveLength(30)
  expect((await of('on-call')).map(({ login }) => login)).not.toContain('ada')
  expect(await failure(of('nowhere'))).toMatchObject({ status: 404 })
})

test('a team is found by its new name, and no more once it is deleted', async () => {
  const { github, ada, org, pull, octokit, at } = await begin()
  const team = github.addTeam(org, 'SRE', { members: [ada] })
  github.requestTeamReview(pull, ada, team)
  github.renameTeam(team, ada, 'Site Reliability')
  expect(parsed(github.lastDelivery('team', 'edited').body)).toMatchObject({
    changes: { name: { from: 'SRE' } },
    team: { id: team.id, slug: 'site-reliability' },
  })
  const by = (team_slug: string) => octokit.rest.teams.getByName({ org: 'shop', team_slug })
  expect((await by('site-reliability')).data.id).toBe(team.id)
  expect(await failure(by('sre'))).toMatchObject({ status: 404 })
  github.deleteTeam(team, ada)
  expect(await failure(by('site-reliability'))).toMatchObject({ status: 404 })
  const { data } = await octokit.rest.pulls.get({ ...at, pull_number: 1 })
  expect(data.requested_teams).toEqual([])
  expect(parsed(github.lastDelivery('team').body)).toMatchObject({ action: 'deleted' })
})
