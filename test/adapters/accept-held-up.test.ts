import { expect, it } from 'vitest'
import { createAccept } from '../../src/adapters/postgres/accept.ts'
import { openDatabase, type LedgerPool } from '../../src/adapters/postgres/database.ts'
import { delivery, start } from './ledger.world.ts'

/** Its first statement is never answered. All others store whatever they are given. */
function silentAtFirst(): LedgerPool {
  let statements = 0
  return {
    options: {},
    end: async () => undefined,
    connect: async () =>
      ({
        release: () => undefined,
        query: async (_text: string, [ids]: readonly (readonly string[])[]) => {
          statements += 1
          if (statements === 1) return new Promise(() => undefined)
          const rows = ids?.map((id) => ({ id })) ?? []
          return { command: 'INSERT', rowCount: rows.length, rows }
        },
      }) as never,
  }
}

it('an insert that hangs holds up no delivery, although none comes after it', async () => {
  const accept = createAccept(openDatabase(silentAtFirst()))
  void accept(delivery(), start)
  await Promise.resolve()
  expect(await Promise.all([accept(delivery(), start), accept(delivery(), start)])).toEqual([
    'stored',
    'stored',
  ])
})
