// What the demo plays with besides the sample organization: who approves, a draft for the story, an incident.
import type { PullRequest } from '../sandbox/github/index.ts'
import { account, type Scene } from '../sandbox/scene.ts'

export type Scenery = ReturnType<typeof setScenery>

/** sam is the one person of team sre; alice may hold access too; `draft` is what the story is about. */
export function setScenery({ github, aws, organization, repository, people, pull }: Scene) {
  pull.body = 'Totals were summed as floating-point numbers, and were off by a cent at times.'
  const sam = github.addUser('sam', { id: 1005 })
  github.setMembership(organization, sam)
  github.setRole(repository, sam, 'write')
  github.addTeam(organization, 'sre', { members: [sam] })
  const draft = github.openPullRequest(repository, {
    author: people.alice,
    title: 'Retry payments that time out',
    body: 'Retries a payment up to three times, with a pause between.',
    files: { 'services/orders/payments.ts': 'export const retries = 3\n' },
    draft: true,
  })
  const incident = github.openIssue(repository, {
    author: people.octocat,
    title: 'Orders show a wrong total since the last release',
    body: 'Totals above **€ 1,000** lose their cents. Order `4711` is one of them.',
  })
  return { sam, draft, incident, alice: aws.addUser({ account, name: 'alice' }) }
}

const proposedRules = `version: 1
rules:
  - name: whoever is assigned repairs orders
    when: { assigned: {} }
    to: assignees
    give: orders-data-write
    for: 15m
    until: [unassigned, closed]
`

/** Of rules of the repository's own. It is announced, so that the app looks at what it would change. */
export const proposeRules = ({ github, repository, people }: Scene): PullRequest =>
  github.openPullRequest(repository, {
    author: people.alice,
    title: 'Let whoever is assigned repair orders',
    body: 'Adds rules of our own. The organization still says which roles there are, and who approves.',
    files: { '.github/hallpass.yml': proposedRules },
    announced: true,
  })
