import { expect, test } from 'vitest'
import { leftOut } from '../support/left-out.ts'

const both = { TEST_DATABASE_URL: 'postgres://localhost/t', TEST_REDIS_URL: 'redis://localhost' }

test('nothing is said when both servers are there', () => {
  expect(leftOut(both)).toBeUndefined()
  expect(leftOut({ ...both, CI: 'true' })).toBeUndefined()
})

test('one line names what is left out and how to run it', () => {
  expect(leftOut({})).toBe(
    'left out: Postgres and Redis suites (set TEST_DATABASE_URL, TEST_REDIS_URL)',
  )
  expect(leftOut({ ...both, TEST_REDIS_URL: undefined })).toBe(
    'left out: Redis suites (set TEST_REDIS_URL)',
  )
})

test('an empty value counts as missing', () => {
  expect(leftOut({ ...both, TEST_DATABASE_URL: '' })).toMatch('Postgres')
})

test('on CI leaving anything out is a failure', () => {
  expect(() => leftOut({ CI: 'true' })).toThrow('nothing may be left out')
})
