// A delivery as GitHub really sent it, from octokit/webhooks' examples, byte for byte through the ingress to IAM.
import { createRequire } from 'node:module'
import { afterEach, describe, expect, test } from 'vitest'
import type { RecordedPullRequestEvent, RecordedScene } from '../../sandbox/github/index.ts'
import { account, logGroup } from '../../sandbox/scene.ts'
import { stores } from '../support/databases.ts'
import { begin, type Journey } from '../support/journey.ts'
import { check, comment, line, mayReadLogs, ours, refused } from '../support/seen.ts'
import { turnedClock } from '../support/turned-clock.ts'

type Recorded = RecordedPullRequestEvent & { readonly action: string; readonly number: number }
const require = createRequire(import.meta.url)
const definitions = require('@octokit/webhooks-examples') as readonly {
  readonly name: string
  readonly examples: readonly Recorded[]
}[]

/** api.github.com: Codertocat asks octocat (5346) to review Codertocat/Hello-World#2, which is public; 2019-05-15. */
function recorded(): Recorded {
  const events = definitions.find(({ name }) => name === 'pull_request')?.examples ?? []
  const found = events.find(({ action }) => action === 'review_requested')
  if (found === undefined) throw new Error('there is no such recording')
  return found
}
const codertocat = 21031067

const policy = (more: string) => `version: 1
roles:
  hello-logs-read:
    description: Read the logs of the greeting
    bindings:
      - aws:
          account: '${account}'
          allow: [{ actions: [logs:FilterLogEvents], resources: ['${logGroup}'] }]
    repositories: [Hello-World]
    eligible: [user:5346]
    lease: { default: 1h, max: 1h }
    approval: none
    ${more}
rules:
  - { name: reviewers see the logs, when: { review_requested: {} }, give: hello-logs-read }
identities:
  - { github: 5346, aws: [{ account: '${account}', user: octocat }] }
`

let journey: Journey | undefined
afterEach(async () => {
  await journey?.end()
  journey = undefined
})

async function beginThen(
  more: string,
  options: Parameters<typeof begin>[0],
): Promise<{ on: Journey; seeded: RecordedScene }> {
  const event = recorded()
  const clock = turnedClock(Date.parse(event.pull_request.updated_at) + 2_000)
  let seeded: RecordedScene | undefined
  const on = (journey = await begin({
    ...options,
    clock,
    policy: policy(more),
    accounts: [codertocat],
    set(scene) {
      scene.github.renameAccount(scene.people.octocat, 'octocat-of-acme')
      seeded = scene.github.seedFromPayload(event)
    },
  }))
  if (seeded === undefined) throw new Error('nothing was seeded')
  return { on, seeded }
}

describe.each(stores())('stored in $name', (store) => {
  test(
    'gives the access that the policy has for public repositories',
    { timeout: 60_000 },
    async () => {
      const { on, seeded } = await beginThen('public: true', { store })
      const { iam } = on

      on.github.send('pull_request', recorded())

      const { fields } = await line(on, 'grant.activated', { repo: 186853002, subject: 2 })
      expect(fields).toMatchObject({ recipient: 5346, role: 'hello-logs-read' })
      expect(mayReadLogs(on, iam.octocat)).toBe(true)
      const [binding] = ours(on, iam.octocat)
      expect(binding?.document).toMatch(/"DateLessThan":{"aws:CurrentTime":"2019-05-15T16:2/)

      // Everybody reads a public repository: it is told a state and a code, and no role and no user.
      const { body } = await comment(on, seeded.pullRequest, 'active')
      expect(body).toContain(String(fields['grant']))
      expect(body).not.toMatch(/octocat|hello-logs-read|logs/)
      const shown = await check(on, seeded.pullRequest, { conclusion: 'neutral' })
      expect(`${shown.title} ${shown.summary}`).not.toMatch(/octocat|hello-logs-read/)
    },
  )
})

test('gives nothing, and says nothing, where the policy does not say `public`', async () => {
  const { on, seeded } = await beginThen('', {})
  const delivery = on.github.send('pull_request', recorded())
  expect(await refused(on, [delivery])).toEqual(['repository-public'])
  expect(ours(on, on.iam.octocat)).toEqual([])
  expect(on.github.comments(seeded.pullRequest)).toEqual([])
})
