// Which deliveries count as lost, by tables: GitHub's list of attempts beside what is in the inbox.
import { describe, expect, it } from 'vitest'
import {
  askedFor,
  isDue,
  judgeAttempts,
  type Attempt,
  type Listed,
  type LostDelivery,
} from '../../src/domain/deliveries/judge-attempts.ts'
import { hour, minute, start } from './grants.fixtures.ts'

const now = start
const day = 24 * hour

const attempt = (more: Partial<Attempt> = {}): Attempt => ({
  id: '7',
  guid: 'g',
  at: now - 10 * minute,
  answered: false,
  event: 'pull_request_review.submitted',
  redelivery: false,
  installationId: 9,
  repositoryId: 77,
  ...more,
})
const lost = (more: Partial<LostDelivery> = {}): LostDelivery => ({
  guid: 'g',
  attemptId: '7',
  event: 'pull_request_review.submitted',
  lostAt: now - 10 * minute,
  asked: 0,
  nextAt: now,
  state: 'open',
  ...more,
})
const judged = (listed: Partial<Listed>) =>
  judgeAttempts({ attempts: [], known: [], received: new Set(), now, ...listed })
const received = new Set(['g'])

describe('a delivery', () => {
  it.each<readonly [string, Partial<Listed>, readonly Partial<LostDelivery>[]]>([
    ['that failed is lost', { attempts: [attempt()] }, [lost()]],
    [
      'that was answered and is not in the inbox is lost',
      { attempts: [attempt({ answered: true })] },
      [lost()],
    ],
    ['that was answered and is in the inbox is not', { attempts: [attempt()], received }, []],
    // GitHub may have waited no longer for an answer; and what failed in the inbox would fail again.
    [
      'whose attempt failed and that is in the inbox is not',
      { attempts: [attempt({ answered: false })], received },
      [],
    ],
    [
      'is asked for by its newest attempt',
      {
        attempts: [attempt({ id: '9', redelivery: true }), attempt({ id: '8', answered: true })],
      },
      [lost({ attemptId: '9' })],
    ],
    [
      'that came is over',
      { attempts: [attempt({ id: '9', answered: true })], known: [lost({ asked: 1 })], received },
      [lost({ asked: 1, state: 'over' })],
    ],
    [
      'that was answered once more and is not kept needs no work here',
      { attempts: [attempt({ id: '9', answered: true })], known: [lost({ asked: 1 })] },
      [lost({ asked: 1, attemptId: '9', state: 'over' })],
    ],
    [
      'that failed once more is still lost',
      { attempts: [attempt({ id: '9' })], known: [lost({ asked: 1 })] },
      [lost({ asked: 1, attemptId: '9' })],
    ],
    [
      'that was answered before anybody asked is still lost',
      { attempts: [attempt({ id: '9', answered: true })], known: [lost()] },
      [lost({ attemptId: '9' })],
    ],
    [
      'whose redelivery nobody saw stays as it is',
      { known: [lost({ asked: 1, nextAt: now + minute })] },
      [],
    ],
    [
      'that was asked for too often is given up',
      { known: [lost({ asked: 12 })] },
      [lost({ asked: 12, state: 'given-up' })],
    ],
    [
      'that was asked for the last time is waited for',
      { known: [lost({ asked: 12, nextAt: now + 1 })] },
      [],
    ],
    [
      'that GitHub redelivers no more is given up',
      { known: [lost({ lostAt: now - 3 * day - 1, nextAt: now + hour })] },
      [lost({ lostAt: now - 3 * day - 1, nextAt: now + hour, state: 'given-up' })],
    ],
    [
      'that was given up stays so, whatever is listed of it',
      { attempts: [attempt({ id: '9' })], known: [lost({ state: 'given-up' })] },
      [],
    ],
    [
      'that is over stays so',
      { attempts: [attempt({ id: '9' })], known: [lost({ state: 'over' })] },
      [],
    ],
  ])('%s', (_, listed, expected) => {
    expect(judged(listed)).toEqual(expected)
  })

  it('comes in the order of their losses', () => {
    const attempts = [3, 2, 1].map((n) =>
      attempt({ guid: `g-${n}`, id: String(n), at: now - (4 - n) * minute }),
    )
    expect(judged({ attempts }).map(({ guid }) => guid)).toEqual(['g-1', 'g-2', 'g-3'])
  })

  it('is asked for ever more seldom, and for two days at the most', () => {
    let [one, at] = [lost(), now]
    const waits: number[] = []
    while (judged({ known: [one], now: at }).length === 0 && isDue(one, at)) {
      one = askedFor(one, at, 5 * minute)
      waits.push((one.nextAt - at) / minute)
      at = one.nextAt
    }
    expect(waits).toEqual([5, 10, 20, 40, 80, 160, 320, 360, 360, 360, 360, 360])
    expect(isDue(one, at - 1)).toBe(false)
  })
})
