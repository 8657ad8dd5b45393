import { describe, expect, test } from 'vitest'
import { apply } from '../../src/domain/grants/apply.ts'
import { freezeOver, freezingOf, isFrozen } from '../../src/domain/grants/freeze.ts'
import type { Freeze, FreezeScope } from '../../src/domain/grants/freeze.ts'
import { activated, grantAfter, requested, revoked, start } from './grants.fixtures.ts'

const freeze = (scope: FreezeScope): Freeze => ({
  id: 'f1',
  scope,
  by: { kind: 'operator', name: 'root' },
  at: start,
  because: 'a key leaked',
})
const what = { recipientId: 1, role: 'orders-db-read', repositoryId: 77 }

const scopes: readonly (readonly [FreezeScope, boolean])[] = [
  [{ kind: 'all' }, true],
  [{ kind: 'person', personId: 1 }, true],
  [{ kind: 'person', personId: 77 }, false],
  [{ kind: 'role', role: 'orders-db-read' }, true],
  [{ kind: 'role', role: 'orders-db' }, false],
  [{ kind: 'repository', repositoryId: 77 }, true],
  [{ kind: 'repository', repositoryId: 1 }, false],
]

test.each(scopes)('%j covers it: %j', (scope, covered) => {
  expect(isFrozen([freeze(scope)], what)).toBe(covered)
  const end = freezingOf(freeze(scope), grantAfter(...activated))
  expect(end !== undefined).toBe(covered)
})

test('nothing covers anything where nothing is frozen', () => {
  expect(isFrozen([], what)).toBe(false)
})

test('the first that covers it is named', () => {
  const others = freeze({ kind: 'role', role: 'x' })
  const all = { ...freeze({ kind: 'all' }), id: 'f2' }
  expect(freezeOver([others, all], what)?.id).toBe('f2')
})

describe('a freeze', () => {
  test.each([
    ['ends what runs', activated, 'ending', { reason: 'frozen', detail: 'a key leaked' }],
    ['withdraws what waits', [requested], 'withdrawn', { detail: 'a key leaked' }],
  ] as const)('%s', (_name, steps, phase, rest) => {
    const grant = grantAfter(...steps)
    const command = freezingOf(freeze({ kind: 'all' }), grant)
    if (command === undefined) throw new Error('nothing to do')
    expect(apply(command, grant, start)).toMatchObject({ grant: { phase, ...rest } })
  })
  test('leaves alone what ends anyway', () => {
    expect(freezingOf(freeze({ kind: 'all' }), grantAfter(...revoked))).toBeUndefined()
  })
})
