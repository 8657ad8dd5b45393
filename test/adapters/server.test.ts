import { expect, onTestFinished, test } from 'vitest'
import { openServer } from '../../src/adapters/postgres/server.ts'

const root = process.env['TEST_DATABASE_URL']

test.runIf(root !== undefined).each([
  ['is compiled', 'jit', 'off'],
  ['leaves a transaction open for long', 'idle_in_transaction_session_timeout', '15s'],
])('nothing that is asked of a server %s', async (_, setting, value) => {
  const { pool, close } = openServer(root ?? '')
  onTestFinished(close)
  expect((await pool.query(`show ${setting}`)).rows).toEqual([{ [setting]: value }])
})
