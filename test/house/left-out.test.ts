import { expect, test } from 'vitest'
import { leftOut } from '../support/left-out.ts'

const both = { TEST_DATABASE_URL: 'postgres://localhost/t', TEST_REDIS_URL: 'redis://localhost' }

test('nothing is said when everything is there', () => {
  expect(leftOut(both, true)).toBeUndefined()
  expect(leftOut({ ...both, CI: 'true' }, true)).toBeUndefined()
})

test('one line names what is left out and how to run it', () => {
  expect(leftOut({}, true)).toBe(
    'left out: Postgres and Redis suites (set TEST_DATABASE_URL, set TEST_REDIS_URL)',
  )
  expect(leftOut({ ...both, TEST_REDIS_URL: undefined }, true)).toBe(
    'left out: Redis suites (set TEST_REDIS_URL)',
  )
  expect(leftOut(both, false)).toBe('left out: Chromium suites (install /usr/bin/chromium)')
})

test('an empty value counts as missing', () => {
  expect(leftOut({ ...both, TEST_DATABASE_URL: '' }, true)).toMatch('Postgres')
})

test('on CI leaving anything out is a failure', () => {
  expect(() => leftOut({ CI: 'true' }, true)).toThrow('nothing may be left out')
  expect(() => leftOut({ ...both, CI: 'true' }, false)).toThrow('Chromium')
})
