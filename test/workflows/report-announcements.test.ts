import { describe, expect, it } from 'vitest'
import { GitHubError } from '../../src/domain/errors.ts'
import { apply } from '../../src/domain/grants/apply.ts'
import type { Grant, GrantCommand, Offer } from '../../src/domain/grants/types.ts'
import type { Policy } from '../../src/domain/policy/types.ts'
import { subjectKey } from '../../src/domain/subjects.ts'
import { reportSubject } from '../../src/workflows/report/report-subject.ts'
import {
  activated,
  approve,
  approved,
  byTwo,
  grantAfter,
  grantId,
  hour,
  minute,
  offer,
  request,
  requested,
  revoke,
  sre,
  staged,
  start,
  subject,
} from '../domain/grants.fixtures.ts'
import { policyOf } from '../domain/policy.world.ts'
import { fakeDeps } from '../support/fakes.ts'

const key = subjectKey(subject)

function world(...grants: readonly Grant[]) {
  const made = fakeDeps()
  for (const grant of grants) made.ledger.addGrant(grant)
  const kept = made.ledger.addSubject()
  const report = async () => {
    kept.dirtyVersion += 1
    await reportSubject(made.deps, key)
  }
  const next = async (...commands: readonly GrantCommand[]) => {
    for (const command of commands) {
      const result = apply(command, made.ledger.grants.get(grantId)?.grant, made.deps.clock.now())
      if (result.kind === 'refused') throw new Error(result.reason)
      made.ledger.addGrant(result.grant)
    }
    await report()
  }
  const told = () => [...made.github.comments.values()].filter((body) => body.includes(':told:'))
  return { ...made, kept, report, next, told }
}

const lost = () => new GitHubError('transient', 'The answer was lost')
const asked = grantAfter(requested)

describe('what must notify', () => {
  it('is told once, however often it is reported', async () => {
    const { report, told, kept } = world(grantAfter(...activated))
    await report()
    await report()
    expect(told()).toHaveLength(1)
    expect(told()[0]).toContain('@octocat **Granted:**')
    expect(kept.posted).toMatchObject({ announced: [`given/${grantId}`], announcing: [] })
  })

  it('is told in one comment when it comes at once', async () => {
    const others = ['b', 'c', 'd'].map((id) => ({ ...asked, id }))
    const { report, told } = world(grantAfter(...activated), ...others)
    await report()
    expect(told()).toHaveLength(1)
    expect(told()[0]?.match(/\*\*(Granted|Needs approval):/g)).toHaveLength(4)
  })

  it('is not told any more when it is over by then', async () => {
    const { report, next, ledger, told } = world(grantAfter(...activated))
    ledger.budget = (cost, now) => (cost === 'rest' ? { ok: true } : { ok: false, at: now + 1 })
    await report()
    expect(told()).toEqual([])
    ledger.budget = () => ({ ok: true })
    await next({ type: 'end', reason: 'closed', by: { kind: 'hallpass' } })
    expect(told()).toEqual([])
  })

  it('is told of each in its turn', async () => {
    const { report, next, told } = world(asked)
    await report()
    await next(approve(sre), approve({ id: 5, login: 'second' }))
    const bindingId = asked.holds[0]?.bindingId ?? ''
    await next({ type: 'observe-present', bindingId })
    await next(revoke)
    expect(told().map((body) => /\*\*([\w ]+):\*\*/.exec(body)?.[1])).toEqual([
      'Needs approval',
      'Granted',
      'Ended early',
    ])
  })
})

describe('a crash', () => {
  it('after the comment was made, and before that was recorded, tells nothing twice', async () => {
    const { report, told, github, kept } = world(grantAfter(...activated))
    let made = 0
    github.after = (call) => {
      if (call === 'createComment' && (made += 1) === 2) throw lost()
    }
    await report()
    expect(told()).toHaveLength(1)
    expect(kept.posted).toMatchObject({ announced: [], announcing: [`given/${grantId}`] })
    github.after = () => undefined
    await report()
    expect(told()).toHaveLength(1)
    expect(kept.posted).toMatchObject({ announced: [`given/${grantId}`], announcing: [] })
  })

  it('also where other things are to be told by then', async () => {
    const { report, next, told, github } = world(grantAfter(...activated))
    let made = 0
    github.after = (call) => {
      if (call === 'createComment' && (made += 1) === 2) throw lost()
    }
    await report()
    github.after = () => undefined
    await next(revoke)
    expect(told()).toHaveLength(2)
    expect(told()[1]).not.toContain('Granted')
  })

  it('before the comment was made leaves it to be told', async () => {
    const { report, told, github } = world(grantAfter(...activated))
    let made = 0
    github.before = (call) => {
      if (call === 'createComment' && (made += 1) === 2) throw lost()
    }
    await report()
    expect(told()).toEqual([])
    github.before = () => undefined
    await report()
    expect(told()).toHaveLength(1)
  })
})

describe('where GitHub takes no more writes', () => {
  it('what needs approval goes before the rest, and the rest goes on later', async () => {
    const { report, told, ledger, github, kept, turn } = world(asked)
    ledger.addGrant({ ...grantAfter(...activated), id: 'bbbbbbbbbbbb' })
    kept.posted = { ...kept.posted, announced: ['given/bbbbbbbbbbbb'] }
    // The comment is about what waits, so only the installation's very last room is left for approvals.
    const wanted: string[] = []
    ledger.budget = (cost, now) => {
      wanted.push(cost)
      return wanted.length === 2 ? { ok: true } : { ok: false, at: now + minute }
    }
    await report()
    expect(told()).toHaveLength(1)
    expect(github.calls).toEqual(['createComment'])
    expect(kept).toMatchObject({ retryAt: start + minute, cleanVersion: 0 })
    turn(minute)
    ledger.budget = () => ({ ok: true })
    await report()
    expect(told()).toHaveLength(1)
    expect(github.calls.filter((call) => call === 'createComment')).toHaveLength(2)
    expect(github.calls).toContain('createCheck')
    expect(kept.cleanVersion).toBe(kept.dirtyVersion)
  })
})

describe('whom it mentions', () => {
  const by = [
    { kind: 'team', slug: 'sre' },
    { kind: 'user', id: 55 },
    { kind: 'on-call', name: 'primary' },
  ] as const
  const of: Offer = { ...byTwo, approval: { ...staged(1), stages: [{ by, count: 1 }] } }
  const waiting = grantAfter([request(of), start])
  const onCall: Policy['onCall'] = new Map([
    [
      'primary',
      {
        kind: 'http',
        url: 'https://on-call.example',
        tokenFrom: undefined,
        select: '*',
        people: {},
        fallback: [{ kind: 'team', slug: 'stand-in' }],
      },
    ],
  ])

  it('are those whom the stage names, and whoever is on call', async () => {
    const made = world(waiting)
    made.policy.reading = { kind: 'policy', policy: { ...policyOf(), onCall } }
    made.onCall.answer = [66]
    await made.report()
    expect(made.told()[0]).toContain('@acme/sre @user-55 @user-66 **Needs approval:**')
  })
  it('are those who stand in while the source is down', async () => {
    const made = world(waiting)
    made.policy.reading = { kind: 'policy', policy: { ...policyOf(), onCall } }
    made.onCall.answer = 'down'
    await made.report()
    expect(made.told()[0]).toContain('@acme/sre @user-55 @acme/stand-in **Needs approval:**')
  })
  it('is whoever has the id now, whatever login they had', async () => {
    const made = world(grantAfter(...activated))
    made.github.accounts.set(1, { id: 1, login: 'renamed', type: 'User' })
    await made.report()
    expect(made.told()[0]).toContain('@renamed **Granted:**')
  })
  it('is nobody on a public repository', async () => {
    const made = world(waiting)
    const { repository } = made.github.facts
    if (repository === undefined) throw new Error('gone')
    made.github.facts = {
      ...made.github.facts,
      repository: { ...repository, visibility: 'public' },
    }
    await made.report()
    expect(made.told()[0]).not.toMatch(/@|octocat|orders|sre/)
    expect(made.told()[0]).toContain('/access approve AAAA-AAAA')
  })
})

it('waits for those whom the same act is setting up, and tells of all in one comment', async () => {
  const made = world(grantAfter(...activated), { ...grantAfter(approved), id: 'bbbbbbbbbbbb' })
  await made.report()
  expect(made.told()).toEqual([])
  made.ledger.addGrant({ ...grantAfter(...activated), id: 'bbbbbbbbbbbb' })
  await made.report()
  expect(made.told()).toHaveLength(1)
  expect(made.told()[0]?.match(/Granted/g)).toHaveLength(2)
})

it('warns of a lease that ends, once for each end', async () => {
  const made = world(grantAfter([request({ ...offer, until: [] }), start], ...activated.slice(1)))
  await made.report()
  made.turn(110 * minute)
  await made.next({ type: 'tick' })
  await made.report()
  expect(made.told().filter((body) => body.includes('Ends soon'))).toHaveLength(1)
  expect(made.told()[1]).toContain('`/access extend 2h` asks for more time')
  expect(made.deps.clock.now()).toBeLessThan(start + 2 * hour)
})
