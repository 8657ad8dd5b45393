import { describe, expect, it } from 'vitest'
import type { FreezeScope } from '../../src/domain/grants/freeze.ts'
import { finishingFreezes, freeze, unfreeze } from '../../src/workflows/freeze.ts'
import { operatorFreeze, type FreezeAsked } from '../../src/workflows/operator-freeze.ts'
import { activated, grantAfter, octocat, requested } from '../domain/grants.fixtures.ts'
import { fakeDeps } from '../support/fakes.ts'

const by = { kind: 'operator', name: 'root' } as const
const everything: FreezeScope = { kind: 'all' }
const begin = { scope: everything, by, because: 'a key leaked' }

const phases = (ledger: ReturnType<typeof fakeDeps>['ledger']) =>
  [...ledger.grants.values()].map(({ grant }) => grant.phase)

function given() {
  const world = fakeDeps()
  world.ledger.addGrant({ ...grantAfter(...activated), id: 'held' })
  world.ledger.addGrant({ ...grantAfter(requested), id: 'asked' })
  return world
}

describe('a freeze', () => {
  it('is recorded before anything ends', async () => {
    const { deps, ledger } = given()
    await freeze(deps, begin)
    const [first, second] = ledger.commits
    expect(first).toMatchObject({ freezes: [{ begin: { because: 'a key leaked' } }] })
    expect(first?.grants).toBeUndefined()
    expect(second?.grants).toHaveLength(2)
    expect(phases(ledger)).toEqual(['ending', 'withdrawn'])
  })

  it('is finished by a worker when whoever began it died before the grants ended', async () => {
    const { deps, ledger } = given()
    ledger.beforeCommit = ({ grants = [] }) => {
      if (grants.length > 0) throw new Error('killed')
    }
    await expect(freeze(deps, begin)).rejects.toThrow('killed')
    expect(phases(ledger)).toEqual(['active', 'requested'])

    ledger.beforeCommit = () => undefined
    const freezes = finishingFreezes(deps)
    expect(await freezes.due()).toEqual(['new-grant'])
    await freezes.finish('new-grant')
    expect(phases(ledger)).toEqual(['ending', 'withdrawn'])
    expect(await freezes.due()).toEqual([])
  })

  it('stays due for a worker that could not finish it', async () => {
    const { deps, ledger } = given()
    const freezes = finishingFreezes(deps)
    await freeze(deps, begin)
    ledger.addGrant({ ...grantAfter(...activated), id: 'another' })
    ledger.beforeCommit = () => {
      throw new Error('the database is away')
    }
    await expect(freezes.finish('new-grant')).rejects.toThrow('away')
    expect(await freezes.due()).toEqual(['new-grant'])
  })

  it('that is over is nothing to finish', async () => {
    const { deps, ledger } = given()
    const freezes = finishingFreezes(deps)
    ledger.beforeCommit = ({ grants = [] }) => {
      if (grants.length > 0) throw new Error('killed')
    }
    await expect(freeze(deps, begin)).rejects.toThrow('killed')
    ledger.beforeCommit = () => undefined
    expect(await unfreeze(deps, 'new-grant', by)).toBe('unfrozen')
    await freezes.finish('new-grant')
    expect(phases(ledger)).toEqual(['active', 'requested'])
    expect(await unfreeze(deps, 'new-grant', by)).toBe('unknown')
  })
})

describe('an operator freezes', () => {
  const ask = (
    deps: ReturnType<typeof fakeDeps>['deps'],
    kind: 'person' | 'role' | 'repository',
    named: string,
  ) => {
    const asked: FreezeAsked = { scope: { kind, named }, because: 'a key leaked', operator: 'root' }
    return operatorFreeze(deps, asked)
  }

  it.each([
    ['person', '583231', { kind: 'person', personId: 583231 }],
    ['person', '@octocat', { kind: 'person', personId: 1 }],
    ['person', 'OctoCat', { kind: 'person', personId: 1 }],
    ['repository', '77', { kind: 'repository', repositoryId: 77 }],
    ['repository', 'Acme/shop', { kind: 'repository', repositoryId: 77 }],
    ['role', 'orders-db-read', { kind: 'role', role: 'orders-db-read' }],
  ] as const)('%s %s', async (kind, name, scope) => {
    const { deps, ledger } = given()
    ledger.named = { people: [octocat], repositories: [{ id: 77, name: 'acme/shop' }], role: true }
    const outcome = await ask(deps, kind, name)
    expect(outcome).toMatchObject({ kind: 'frozen', freeze: { scope }, warning: null })
  })

  it.each([
    [
      'person',
      '@nobody',
      'No grant is recorded of anybody named @nobody. Give the numeric id: `gh api users/nobody --jq .id`.',
    ],
    [
      'person',
      'no body',
      '"no body" is neither a login nor a numeric id. Give the numeric id: `gh api users/LOGIN --jq .id`.',
    ],
    [
      'repository',
      'acme/none',
      'Nothing is recorded of acme/none. Give the numeric id: `gh api repos/acme/none --jq .id`.',
    ],
    [
      'repository',
      'shop',
      '"shop" is neither owner/repository nor a numeric id. Give the numeric id: `gh api repos/OWNER/NAME --jq .id`.',
    ],
    ['role', '', '"" is not the name of a role.'],
  ] as const)('not %s %j', async (kind, name, why) => {
    const { deps, ledger } = given()
    expect(await ask(deps, kind, name)).toEqual({ kind: 'refused', why })
    expect(ledger.commits).toEqual([])
  })

  it('nobody by a name that changed hands', async () => {
    const { deps, ledger } = given()
    const again = { id: 4, login: 'octocat' }
    const shops = [
      { id: 77, name: 'acme/shop' },
      { id: 78, name: 'acme/shop' },
    ]
    ledger.named = { people: [octocat, again], repositories: shops, role: true }
    const person = await ask(deps, 'person', 'octocat')
    expect(person).toMatchObject({ why: expect.stringContaining('several people: 1, 4.') })
    const repository = await ask(deps, 'repository', 'acme/shop')
    expect(repository).toMatchObject({ why: expect.stringContaining('repositories: 77, 78.') })
    expect(ledger.frozen.size).toBe(0)
  })

  it('a role that nobody asked for yet, and hears that it may be mistyped', async () => {
    const { deps, ledger } = given()
    const outcome = await ask(deps, 'role', 'orders-db-raed')
    const warning = expect.stringContaining('Nobody ever asked for a role named orders-db-raed.')
    expect(outcome).toMatchObject({ kind: 'frozen', ended: 0, warning })
    expect(phases(ledger)).toEqual(['active', 'requested'])
  })
})
