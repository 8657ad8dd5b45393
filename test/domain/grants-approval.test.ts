// Several stages, each person once, and nobody who may have written what they approve.
import { describe, expect, test } from 'vitest'
import { apply } from '../../src/domain/grants/apply.ts'
import { openStage } from '../../src/domain/grants/stages.ts'
import type { GrantCommand, Offer } from '../../src/domain/grants/types.ts'
import {
  approve,
  grantAfter,
  hubot,
  monalisa,
  octocat,
  offer,
  request,
  sre,
  staged,
  start,
  type Step,
} from './grants.fixtures.ts'

const dev = { id: 6, login: 'dev' }
const other = { id: 7, login: 'other' }

const asked = (of: Partial<Offer>): Step => [request({ ...offer, ...of }), start]
const twice = asked({ approval: staged(1, 2) })
const by = (who: typeof sre, ...stages: number[]): Step => [approve(who, { stages }), start]

const given = ['grant.approval-given']
const done = ['grant.approval-given', 'grant.approved']

test.each<[string, GrantCommand, readonly Step[], readonly string[] | RegExp]>([
  ['counts in the first stage', by(sre, 0)[0], [twice], given],
  ['counts in no later stage first', by(sre, 1)[0], [twice], /Stage 1 of 2 comes first/],
  ['counts in the next one then', by(hubot, 1)[0], [twice, by(sre, 0)], given],
  ['does not end before the last stage has all', by(hubot, 0, 1)[0], [twice, by(sre, 0)], given],
  ['ends with the last of the last', by(dev, 1)[0], [twice, by(sre, 0), by(hubot, 1)], done],
  [
    'counts whoever is in both stages once in all',
    by(sre, 0, 1)[0],
    [twice, by(sre, 0, 1)],
    /approved this before/,
  ],
  [
    'counts nobody for a stage that is over',
    by(dev, 0)[0],
    [twice, by(sre, 0)],
    /has its approval/,
  ],
  ['counts nobody for a stage that is not there', by(dev, 2)[0], [twice], /not name you/],
  ['counts nobody for no stage', by(dev)[0], [twice], /not name you/],
  [
    'counts no recipient, even if nobody noted them',
    by(octocat, 0)[0],
    [asked({ approval: staged(1), separated: [] })],
    /does not approve/,
  ],
  [
    'counts no requester, even if nobody noted them',
    by(monalisa, 0)[0],
    [asked({ approval: staged(1), separated: [] })],
    /does not approve/,
  ],
  [
    'counts nobody who worked on it',
    by(dev, 0)[0],
    [asked({ approval: staged(1), separated: [dev.id] })],
    /worked on it does not approve/,
  ],
  [
    'counts anybody where the policy does not separate',
    by(octocat, 0)[0],
    [asked({ approval: { ...staged(1), separate: false }, separated: [] })],
    done,
  ],
  [
    'counts no writer when nobody knows who wrote a commit',
    approve(sre, { writesHead: true }),
    [asked({ approval: staged(1), separationUnproven: true })],
    /Nobody can tell who wrote/,
  ],
  [
    'counts who could not have written it',
    approve(sre),
    [asked({ approval: staged(1), separationUnproven: true })],
    done,
  ],
  [
    'counts a writer when it is known who wrote it',
    approve(sre, { writesHead: true }),
    [asked({ approval: staged(1) })],
    done,
  ],
])('%s', (_name, command, steps, then) => {
  const result = apply(command, grantAfter(...steps), start)
  if (then instanceof RegExp) {
    expect(result).toMatchObject({ kind: 'refused', reason: expect.stringMatching(then) as string })
  } else {
    expect(result.kind === 'applied' && result.events.map(({ type }) => type)).toEqual(then)
  }
})

test('each yes is noted with its stage', () => {
  const grant = grantAfter(twice, by(sre, 0), by(other, 0, 1))
  expect(grant).toMatchObject({
    approvals: [
      { by: sre, stage: 0, at: start },
      { by: other, stage: 1, at: start },
    ],
  })
})

describe('openStage', () => {
  test.each([
    ['none', [], undefined],
    [staged(1), [], 0],
    [staged(1), [0], undefined],
    [staged(2, 1), [0], 0],
    [staged(2, 1), [0, 0], 1],
    [staged(2, 1), [0, 0, 1], undefined],
    // A stage that is full does not fill another.
    [staged(1, 1), [0, 0], 1],
  ] as const)('of %j with %j is %j', (approval, stages, open) => {
    expect(
      openStage(
        approval,
        stages.map((stage) => ({ stage })),
      ),
    ).toBe(open)
  })
})
