// An organization with many people and repositories, each of the people an IAM user, and all that happens to its pull requests.
import type { Place } from '../../drill/environment.ts'
import { startAws } from '../../sandbox/aws/index.ts'
import {
  startGitHub,
  type Account,
  type Delivery,
  type PullRequest,
} from '../../sandbox/github/index.ts'

const account = '111122223333'
const webhookSecret = 'a-secret-of-the-bench'
const roleName = 'logs-read'

export interface WorldSize {
  readonly people: number
  readonly repositories: number
  readonly pulls: number
}

/** What an app needs to live in it, as plain data. */
export interface WorldPlace extends Place {
  /** The organization's document. */
  readonly policy: string
}

/** One pull request and whom it is going to ask for a review. */
export interface Case {
  readonly pull: PullRequest
  readonly reviewer: Account
}

export type World = Awaited<ReturnType<typeof openWorld>>

export async function openWorld({ people, repositories, pulls }: WorldSize) {
  const [github, aws] = await Promise.all([startGitHub({ webhookSecret }), startAws()])
  aws.addAccount(account)
  const author = github.addUser('author')
  const reviewers = Array.from({ length: people }, (_, n) => github.addUser(`reviewer-${n}`))
  for (const { login } of reviewers) aws.addUser({ account, name: login })
  const organization = github.addOrganization('acme', {
    baseRole: 'none',
    members: [author, ...reviewers],
  })
  github.addTeam(organization, 'backend', { members: reviewers })
  const roles = Object.fromEntries(
    [author, ...reviewers].map(({ login }) => [login, 'write'] as const),
  )
  const places = Array.from({ length: repositories }, (_, n) =>
    github.addRepository(organization, `shop-${n}`, { roles }),
  )
  github.install(organization)
  // Sent by whoever measures: one after another is how the simulated GitHub would.
  github.deliveryMode = 'hold'
  const credentials = aws.appCredentials(account)
  return {
    github,
    aws,
    author,
    cases: Array.from({ length: pulls }, (_, n): Case => {
      const [reviewer, place] = [reviewers[n % people], places[n % repositories]]
      if (reviewer === undefined || place === undefined) throw new Error('The world is empty')
      const files = { [`services/${n}.ts`]: `export const n = ${n}\n` }
      return {
        reviewer,
        pull: github.openPullRequest(place, { author, title: `Change ${n}`, files }),
      }
    }),
    place: {
      github: { url: github.url, appId: github.appId, privateKey: github.privateKey },
      aws: { url: aws.url, ...credentials },
      accountId: organization.id,
      webhookSecret,
      policy: policyOf(
        places.map(({ id }) => id),
        reviewers,
      ),
    } satisfies WorldPlace,
  }
}

const policyOf = (
  repositories: readonly number[],
  people: readonly Account[],
): string => `version: 1
enrolled: [${repositories.join(', ')}]
roles:
  ${roleName}:
    description: Read the logs of one service
    bindings:
      - aws:
          account: '${account}'
          allow: [{ actions: [logs:FilterLogEvents], resources: ['arn:aws:logs:eu-central-1:${account}:*'] }]
    repositories: [shop-*]
    eligible: [team:backend]
    lease: { default: 1h, max: 4h }
    approval: none
    limits: { at_once: 10000, daily: 300d }
# Nobody is kept from the next of many.
limits: { person: { at_once: 100, daily: 300d }, repository: { at_once: 10000 } }
rules:
  - { name: reviewers see the logs, when: { review_requested: {} }, give: ${roleName} }
identities:
${people.map(({ id, login }) => `  - { github: ${id}, aws: [{ account: '${account}', user: ${login} }] }`).join('\n')}
`

/** As GitHub sends it. Rejects where it was not taken in. */
export async function send(url: string, { headers, body }: Delivery): Promise<void> {
  const response = await fetch(url, { method: 'POST', headers, body })
  await response.arrayBuffer()
  if (!response.ok) throw new Error(`A delivery was answered ${response.status}`)
}
