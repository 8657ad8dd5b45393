import { describe, expect, it } from 'vitest'
import { CloudError, GitHubError } from '../../src/domain/errors.ts'
import { apply } from '../../src/domain/grants/apply.ts'
import { subjectKey } from '../../src/domain/subjects.ts'
import type { Policy } from '../../src/domain/policy/types.ts'
import { recheckStanding } from '../../src/workflows/recheck-standing.ts'
import {
  activated,
  approved,
  byTwo,
  grantAfter,
  inline,
  minute,
  offer,
  octocat,
  principal,
  request,
  revoke,
  start,
  subject,
} from '../domain/grants.fixtures.ts'
import { policyOf } from '../domain/policy.world.ts'
import { aPull, aRepository, fakeDeps } from '../support/fakes.ts'

const key = subjectKey(subject)

const policy: Policy = policyOf(`
version: 1
roles:
  orders-db-read:
    description: Read the orders database in production
    bindings:
      - aws: { account: "111122223333", assume: arn:aws:iam::111122223333:role/orders-read }
    repositories: [shop]
    eligible: [team:backend]
    lease: { default: 1h, max: 4h }
    residual: 1h
    approval: none
rules:
  - { name: reviewers see it, when: { review_requested: {} }, give: orders-db-read }
identities:
  - { github: 1, aws: [{ account: "111122223333", user: octo }] }
`)

/** One active grant, whose ground is good and was read half an hour ago. */
function world() {
  const made = fakeDeps()
  made.ledger.addGrant(grantAfter(...activated))
  made.github.teams.set('backend', 'member')
  made.cloud.resolved = { ok: true, principal }
  made.policy.reading = { kind: 'policy', policy }
  made.turn(30 * minute)
  const row = (id = '0123456789ab') => {
    const found = made.ledger.grants.get(id)
    if (found === undefined) throw new Error(`there is no grant ${id}`)
    return found
  }
  return { ...made, row, recheck: () => recheckStanding(made.deps, key) }
}

describe('ground that is good', () => {
  it('is confirmed as of now', async () => {
    const { recheck, row, deps } = world()
    await recheck()
    expect(row()).toMatchObject({
      grant: { phase: 'active' },
      standingCheckedAt: deps.clock.now(),
    })
  })

  it('is not asked about where nobody holds anything, or waits to', async () => {
    const { recheck, ledger, github } = world()
    ledger.grants.clear()
    ledger.addGrant(
      grantAfter([request(byTwo), start], [{ type: 'withdraw', by: { kind: 'hallpass' } }, start]),
    )
    github.before = () => {
      throw new Error('nobody should ask')
    }
    await recheck()
    expect(ledger.commits).toEqual([])
  })

  it('is not asked about by two at once', async () => {
    const { recheck, ledger, deps, row } = world()
    await ledger.claim(`standing:${key}`, 'another', deps.clock.now(), deps.timing.claimMs)
    await recheck()
    expect(row().standingCheckedAt).toBe(start)
  })
})

describe('lost ground', () => {
  it('ends the grant, says why, and sets its lane to work', async () => {
    const { recheck, row, github, nudges, log } = world()
    github.teams.set('backend', 'not-member')
    await recheck()
    expect(row().grant).toMatchObject({
      phase: 'ending',
      reason: 'standing-lost',
      detail: 'the recipient is not eligible for the role any more',
      endedBy: { kind: 'hallpass' },
    })
    expect(row().standingCheckedAt).toBe(start)
    expect(nudges).toContainEqual({ kind: 'lane', id: 'aws/111122223333/user/AIDAOCTO' })
    expect(log.lines.map(({ id }) => id)).toEqual(['grant.ending'])
  })

  it('ends what is not active yet, too', async () => {
    const { recheck, row, ledger, github } = world()
    ledger.addGrant(grantAfter(approved))
    github.role = 'none'
    await recheck()
    expect(row().grant.phase).toBe('ending')
  })

  it('of one grant ends no other', async () => {
    const { recheck, row, ledger } = world()
    const other = { ...offer, role: 'not-offered', bindings: [{ role: inline, principal }] }
    ledger.addGrant(grantAfter([request(other, { id: 'other' }), start]))
    await recheck()
    expect(row('other').grant.phase).toBe('ending')
    expect(row().grant.phase).toBe('active')
  })

  it('says that the pull request was merged, when that is it', async () => {
    const { recheck, row, github } = world()
    github.facts = { ...github.facts, pull: { ...aPull, state: 'closed', merged: true } }
    await recheck()
    expect(row().grant).toMatchObject({ reason: 'merged' })
  })

  it('is heard from GitHub although the cloud is away', async () => {
    const { recheck, row, github, cloud } = world()
    github.role = 'none'
    cloud.before = () => {
      throw new CloudError('transient', 'IAM is away')
    }
    await recheck()
    expect(row().grant).toMatchObject({ phase: 'ending', reason: 'standing-lost' })
  })

  it('is decided anew on a grant that changed meanwhile', async () => {
    const { recheck, row, ledger, github } = world()
    github.role = 'none'
    let met = false
    ledger.beforeCommit = () => {
      if (met) return
      met = true
      const result = apply({ type: 'trouble', because: 'IAM is away' }, row().grant, start)
      if (result.kind === 'applied') ledger.addGrant(result.grant)
    }
    await recheck()
    expect(row().grant).toMatchObject({ phase: 'ending', stuck: { because: 'IAM is away' } })
  })

  it('is no news to a grant that ended meanwhile', async () => {
    const { recheck, row, ledger, github } = world()
    github.role = 'none'
    github.before = () => {
      const result = apply(revoke, row().grant, start)
      if (result.kind === 'applied') ledger.addGrant(result.grant)
    }
    await recheck()
    expect(row().grant).toMatchObject({ reason: 'revoked' })
  })
})

describe('what waits for approval', () => {
  const waits = grantAfter([request(byTwo), start])

  it('is withdrawn where its ground is lost, and confirmed where it is not', async () => {
    const { recheck, row, ledger, github, deps } = world()
    ledger.addGrant(waits)
    await recheck()
    expect(row()).toMatchObject({
      grant: { phase: 'requested' },
      standingCheckedAt: deps.clock.now(),
    })
    github.facts = { ...github.facts, repository: { ...aRepository, archived: true } }
    await recheck()
    expect(row().grant).toMatchObject({ phase: 'withdrawn' })
  })

  it('stays where the policy names another cloud identity: it is shown anew to whoever approves', async () => {
    const { recheck, row, ledger, cloud } = world()
    ledger.addGrant(waits)
    cloud.resolved = { ok: true, principal: { ...principal, userId: 'AIDAOTHER' } }
    await recheck()
    expect(row().grant.phase).toBe('requested')
  })
})

describe('an App that can ask no more', () => {
  it.each(['uninstalled', 'suspended'] as const)(
    'because it was %s: what it gave ends',
    async (how) => {
      const { recheck, row, github } = world()
      github.before = (call) => {
        if (call !== 'installation') throw new GitHubError('denied', 'GitHub lets nobody in')
      }
      github.installed = how
      await recheck()
      expect(row().grant).toMatchObject({ phase: 'ending', detail: `the App was ${how}` })
    },
  )

  it('says so of a repository that it cannot see', async () => {
    const { recheck, row, github } = world()
    github.facts = { ...github.facts, repository: undefined }
    github.installed = 'uninstalled'
    await recheck()
    expect(row().grant).toMatchObject({ detail: 'the App was uninstalled' })
  })

  it('and is installed all the same, ends nothing: its permissions may have changed', async () => {
    const { recheck, row, github } = world()
    github.before = (call) => {
      if (call !== 'installation') throw new GitHubError('denied', 'GitHub lets nobody in')
    }
    await expect(recheck()).rejects.toThrow('GitHub lets nobody in')
    expect(row().grant.phase).toBe('active')
  })
})

describe('a question', () => {
  it('that comes while the ground is read stays open', async () => {
    const { recheck, row, github, deps } = world()
    let asked = false
    github.before = (call) => {
      if (call !== 'roleOf' || asked) return
      asked = true
      void deps.ledger.commit({ now: deps.clock.now(), questioned: [{ everywhere: true }] })
    }
    await recheck()
    expect(row()).toMatchObject({ standingVersion: 1, standingClean: 0 })
    await recheck()
    expect(row()).toMatchObject({ standingVersion: 1, standingClean: 1 })
  })
})

describe('ground that cannot be read ends nothing and confirms nothing:', () => {
  const unchanged = { grant: { phase: 'active' }, standingCheckedAt: start }

  it.each(['repository', 'current', 'roleOf', 'teamMembership'])(
    'GitHub, asked for %s',
    async (call) => {
      const { recheck, row, github } = world()
      github.before = (which) => {
        if (which === call) throw new GitHubError('transient', 'GitHub is away')
      }
      await expect(recheck()).rejects.toThrow('GitHub is away')
      expect(row()).toMatchObject(unchanged)
    },
  )

  it('the place where the policy is', async () => {
    const { recheck, row, policy: place } = world()
    place.reading = new GitHubError('denied', 'The App may not read it')
    await expect(recheck()).rejects.toThrow('The App may not read it')
    expect(row()).toMatchObject(unchanged)
  })

  it('the cloud, asked who somebody is', async () => {
    const { recheck, row, cloud } = world()
    cloud.before = () => {
      throw new CloudError('transient', 'IAM is away')
    }
    await expect(recheck()).rejects.toThrow('IAM is away')
    expect(row()).toMatchObject(unchanged)
  })

  it.each([
    { kind: 'missing', where: 'policy.yml', why: 'There is no such file.' },
    {
      kind: 'broken',
      document: { where: 'policy.yml', commit: undefined, blob: 'b2' },
      problems: [{ file: 'policy.yml', line: 1, column: 1, message: 'What is this?' }],
    },
  ] as const)('a policy that is $kind', async (reading) => {
    const { recheck, row, policy: place, cloud, github } = world()
    place.reading = reading
    github.teams.clear()
    cloud.resolved = { ok: false, why: 'Nobody is known here.' }
    await expect(recheck()).rejects.toThrow(`The policy at policy.yml is ${reading.kind}`)
    expect(row()).toMatchObject(unchanged)
  })
})

describe('a policy that says nothing does not keep GitHub from being heard:', () => {
  const missing = { kind: 'missing', where: 'policy.yml', why: 'There is no such file.' } as const

  it.each([missing, new GitHubError('transient', 'GitHub is away')])('%s', async (reading) => {
    const { recheck, row, policy: place, github } = world()
    place.reading = reading
    github.role = 'none'
    await recheck()
    expect(row().grant).toMatchObject({ phase: 'ending', reason: 'standing-lost' })
  })
})

it('ends what was given in a repository that is gone: nothing else can be read of it', async () => {
  const { recheck, row, github } = world()
  github.facts.repository = undefined
  await recheck()
  expect(row().grant).toMatchObject({ phase: 'ending', reason: 'standing-lost' })
})

describe("a repository's own document", () => {
  const broken = {
    kind: 'broken',
    document: { where: '.github/hallpass.yml', commit: 'c', blob: 'b2' },
    problems: [{ file: '.github/hallpass.yml', line: 1, column: 1, message: 'What is this?' }],
  } as const

  it('that is broken keeps nobody who lost their ground', async () => {
    const { recheck, row, policy: place, github } = world()
    place.reading = broken
    place.catalog = { kind: 'policy', policy }
    github.teams.set('backend', 'not-member')
    await recheck()
    expect(row().grant).toMatchObject({ phase: 'ending', reason: 'standing-lost' })
  })

  it('that is broken ends nothing of what stands', async () => {
    const { recheck, row, policy: place, deps } = world()
    place.reading = broken
    place.catalog = { kind: 'policy', policy }
    await recheck()
    expect(row()).toMatchObject({
      grant: { phase: 'active' },
      standingCheckedAt: deps.clock.now(),
    })
  })
})

it('asks for the recipient by id, whoever has the login now', async () => {
  const { recheck, github } = world()
  const asked: unknown[] = []
  github.roleOf = async (_subject, person) => {
    asked.push(person)
    return 'write'
  }
  await recheck()
  expect(asked).toEqual([octocat])
})
