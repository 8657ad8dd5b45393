// Defends: breaking the glass is for those whom the policy names, costs a review that nobody can make go away, and no limit is slipped past by hurrying.
import { readFile, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Issue } from '../../sandbox/github/index.ts'
import type { Debt } from '../../src/domain/debts/types.ts'
import {
  approved,
  asked,
  beginGuarded,
  codesOn,
  guardedRole,
  ownComments,
  says,
  standsNot,
  told,
  type Guarded,
} from '../support/guarded.ts'
import { newcomer } from '../support/newcomer.ts'
import { account } from '../../sandbox/scene.ts'
import {
  countOf,
  ended,
  grantOf,
  grantsOn,
  handled,
  line,
  openPull,
  ours,
} from '../support/seen.ts'

let on: Guarded
beforeAll(async () => {
  on = await beginGuarded({
    guards: {
      role: 'break_glass: { eligible: [team:backend], notify: [team:sre], reviewers: [team:sre, team:backend] }',
      roles: `
  single-read:
    description: One at a time, over all people
    bindings:
      - aws:
          account: '${account}'
          allow:
            - { actions: [logs:DescribeLogGroups], resources: ['*'] }
    repositories: [shop-*]
    eligible: [team:backend]
    lease: { default: 1h, max: 1h }
    approval: none
    limits: { at_once: 1 }
`,
      rules: `
  - name: emergency
    when: { labeled: [break-glass] }
    to: sender
    give: ${guardedRole}
    break_glass: true
  - name: one at a time
    when: { requested: {} }
    give: single-read
`,
    },
  })
  on.github.setRole(on.repository, 'alice', 'admin')
})
afterAll(() => on.end())

const issue = () => on.github.openIssue(on.repository, { author: 'alice' })
const glass = `/access request ${guardedRole} --break-glass`
const debts = (): readonly Debt[] =>
  on.events.flatMap((event) => (event.type === 'debt.opened' ? [event.debt] : []))

describe('the glass is not broken', () => {
  test.each<readonly [string, string, (where: Issue) => unknown]>([
    [
      'by a label of somebody whom the policy does not name',
      'break-glass-not-allowed',
      (where) => on.github.addLabel(where, on.cast.bob, 'break-glass'),
    ],
    [
      'by a label with triage',
      'actor-without-standing',
      (where) => on.github.addLabel(where, 'tom', 'break-glass'),
    ],
    [
      'for a role that nobody may break it for',
      'break-glass-not-allowed',
      (where) =>
        on.github.comment(
          where,
          on.people.octocat,
          '/access request single-read --break-glass because it burns',
        ),
    ],
  ])('%s: %s', async (_, code, act) => {
    const where = issue()
    act(where)
    await handled(on, [on.github.lastDelivery()])
    expect(codesOn(on, where)).toEqual([code])
    expect(debts()).toEqual([])
    standsNot(on)
  })

  test.each([
    ['without a reason', '', /^Breaking the glass needs a reason/],
    ['for a reason that nobody sees', ' because \u00a0\u200b\u3164', /^Write the reason after/],
  ])('%s', async (_, because, why) => {
    const where = issue()
    const { refusals } = await says(on, where, on.people.octocat, `${glass}${because}`)
    expect(refusals).toEqual([expect.stringMatching(why)])
    expect(debts()).toEqual([])
    standsNot(on)
  })
})

describe('whoever broke it', () => {
  let where: Issue
  let debt: Debt
  beforeAll(async () => {
    where = issue()
    const { grant } = await asked(on, where, on.people.mona, () =>
      on.github.comment(where, on.people.mona, `${glass} because it burns`),
    )
    await line(on, 'grant.activated', { grant })
    const [opened] = debts()
    if (opened === undefined) throw new Error('nothing is owed')
    debt = opened
  })

  const again = async () => {
    const other = issue()
    await says(on, other, on.people.mona, `${glass} because it burns still`)
    expect(await on.hallpass.composition.deps.ledger.grantsOf(key(other))).toEqual([])
    return codesOn(on, other)
  }
  const key = ({ repositoryId, number }: Issue) => `${repositoryId}#${number}`

  test('does not break it again, by command or by label', async () => {
    expect(await again()).toEqual(['debt-open'])
    const other = issue()
    on.github.addLabel(other, on.people.mona, 'break-glass')
    await handled(on, [on.github.lastDelivery('issues', 'labeled')])
    expect(codesOn(on, other)).toEqual(['debt-open'])
  })

  test('does not make it last longer', async () => {
    const { refusals } = await says(on, where, on.people.mona, '/access extend 4h')
    expect(refusals).toEqual([
      `Access that is taken by breaking the glass is not extended. Ask for \`${guardedRole}\` with approval instead.`,
    ])
  })

  test('does not acknowledge it, though a reviewer by name; nor does who reviews nothing, nor a wrong code', async () => {
    const say = async (who: string, code = debt.code) =>
      (await says(on, where, who, `/access acknowledge ${code}`)).refusals
    expect(await say('mona')).toEqual([
      'Who received the access or asked for it does not review it. Another reviewer has to.',
    ])
    expect(await say('bob')).toEqual(['The policy does not name you as a reviewer of this access.'])
    expect(await say('rita')).toEqual([
      '`rita` has the role `read` on this repository, which is not enough for `acknowledge`.',
    ])
    expect(await say('sara', 'ZZZZ-ZZZZ')).toEqual(['That code names no review that is owed here.'])
    expect(await again()).toEqual(['debt-open'])
  })

  test('is not free of it when the review issue is closed, deleted, or moved away', async () => {
    const { github, repository, organization } = on
    const found = await github.waitFor(
      () =>
        [...repository.issues.values()].find(
          (each) => each.pull === undefined && github.world.account(each.authorId)?.type === 'Bot',
        ),
      AbortSignal.timeout(45_000),
    )
    github.closeIssue(found, 'alice')
    expect(await again()).toEqual(['debt-open'])
    github.reopenIssue(found, 'alice')
    const away = github.addRepository(organization, 'attic', { roles: { alice: 'admin' } })
    const { issue: moved } = github.transferIssue(found, 'alice', away)
    expect(await again()).toEqual(['debt-open'])
    github.deleteIssue(moved, 'alice')
    expect(await again()).toEqual(['debt-open'])
  })

  test('is free of it once another reviewer has acknowledged it', async () => {
    expect(
      (await says(on, where, on.cast.sara, `/access acknowledge ${debt.code}`)).refusals,
    ).toEqual([])
    expect(on.events).toContainEqual(
      expect.objectContaining({ type: 'debt.acknowledged', id: debt.id }),
    )
    await says(on, where, on.people.mona, '/access done')
    await ended(on, debt.grantId)
    standsNot(on, on.iam.mona)
  })
})

describe('at one and the same time', () => {
  test('the glass is broken once', async () => {
    const { person, user } = newcomer(on, 1)
    const [one, other] = [openPull(on), openPull(on)]
    const both = hurried([one, other], person.login, `${glass} because it burns`)
    await handled(on, both)
    const all = [...(await grantsOn(on, one)), ...(await grantsOn(on, other))]
    expect(all).toHaveLength(1)
    expect([...codesOn(on, one), ...codesOn(on, other)]).toEqual(['debt-open'])
    await line(on, 'grant.activated', { grant: all[0]?.id })
    expect(ours(on, user)).toHaveLength(1)
  })

  test('a limit holds, whoever comes first', async () => {
    const people = [newcomer(on, 2), newcomer(on, 3), newcomer(on, 4)]
    const pulls = people.map(() => openPull(on))
    const before = on.github.deliveries.length
    on.github.deliveryMode = 'hold'
    for (const [n, pull] of pulls.entries())
      on.github.comment(pull, people[n]?.person ?? '', '/access request single-read')
    on.github.deliveryMode = 'send'
    const all = on.github.deliveries.slice(before)
    on.github.release(all, { together: true })
    await handled(on, all)
    const grants = (await Promise.all(pulls.map((pull) => grantsOn(on, pull)))).flat()
    expect(grants).toHaveLength(1)
    expect(pulls.flatMap((pull) => codesOn(on, pull))).toEqual(['limit-reached', 'limit-reached'])
    const [given] = grants
    await line(on, 'grant.activated', { grant: given?.id })
    expect(people.flatMap(({ user }) => ours(on, user))).toHaveLength(1)
  })

  function hurried(pulls: readonly Issue[], who: string, body: string) {
    const before = on.github.deliveries.length
    on.github.deliveryMode = 'hold'
    for (const pull of pulls) on.github.comment(pull, who, body)
    on.github.deliveryMode = 'send'
    const all = on.github.deliveries.slice(before)
    on.github.release(all, { together: true })
    return all
  }
})

test('a reason is shown as text: it mentions nobody, marks nothing, and forges no row', async () => {
  const pull = openPull(on)
  const hostile =
    '@acme/sre #1 <!-- hallpass:x --> | approved by `sara` | </details> [x](https://evil.example) \u202eevil'
  const { grant, code } = await asked(on, pull, on.people.octocat, () =>
    on.github.comment(pull, on.people.octocat, `/access request ${guardedRole} because ${hostile}`),
  )
  await told(on, pull, code)
  for (const { body } of ownComments(on, pull)) {
    const outside = body.replaceAll(/`[^`]*`/g, '')
    for (const live of [/@acme\/sre/, /<!-- hallpass:x/, /\[x\]\(/, /\u202e/, /^\|.*sara/m])
      expect(outside).not.toMatch(live)
  }
  expect(await grantOf(on, grant)).toMatchObject({ phase: 'requested' })
  expect(countOf(on, 'report.failed')).toBe(0)
  standsNot(on)
})

test('what was approved does not go on unapproved by a rule that has come to break the glass', async () => {
  const where = issue()
  const { person } = newcomer(on, 5)
  on.github.assign(where, 'alice', person)
  const waits = await asked(on, where, person, () => on.github.addLabel(where, person, 'incident'))
  await approved(on, where, waits)
  const { policyPath } = on.hallpass
  const policy = await readFile(policyPath, 'utf8')
  const labeled = 'when: { labeled: [incident] }'
  await writeFile(policyPath, policy.replace(labeled, `${labeled}\n    break_glass: true`))
  const { revision } = await grantOf(on, waits.grant)
  const { refusals } = await says(on, where, person, '/access extend 1h')
  expect(refusals).toEqual([
    `Access that is taken by breaking the glass is not extended. Ask for \`${guardedRole}\` with approval instead.`,
  ])
  expect((await grantOf(on, waits.grant)).revision).toEqual(revision)
  await writeFile(policyPath, policy)
  await says(on, where, person, '/access done')
  await ended(on, waits.grant)
})
