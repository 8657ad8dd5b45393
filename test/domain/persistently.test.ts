import { expect, test, vi } from 'vitest'
import { CloudError } from '../../src/domain/errors.ts'
import { persistently } from '../../src/domain/persistently.ts'

const { signal } = new AbortController()
const passing = () => new CloudError('transient', 'for a moment')
const failing = (errors: readonly Error[]) => {
  const left = [...errors]
  return vi.fn<() => Promise<string>>(async () => {
    const [error] = left.splice(0, 1)
    if (error !== undefined) throw error
    return 'seen'
  })
}

test('what fails for a moment is asked again, after a pause', async () => {
  const attempt = failing([passing(), passing()])
  const pauses: number[] = []
  const pause = async (ms: number) => void pauses.push(ms)
  expect(await persistently(attempt, signal, pause)).toBe('seen')
  expect(pauses).toEqual([100, 200])
})

test.each<[string, readonly Error[], number]>([
  ['goes on failing', [passing(), passing(), passing(), passing()], 3],
  ['is denied', [new CloudError('denied', 'no')], 1],
  ['asks for patience', [new CloudError('transient', 'later', { retryAfterMs: 5_000 })], 1],
  ['is none of a cloud', [new Error('a fault of ours')], 1],
])('what %s is not asked again for ever', async (_, errors, tries) => {
  const attempt = failing(errors)
  await expect(persistently(attempt, signal, async () => undefined)).rejects.toBe(errors[tries - 1])
  expect(attempt).toHaveBeenCalledTimes(tries)
})

test('a pause that is cut short leaves it to the next try to say why', async () => {
  const attempt = failing([passing()])
  const cutShort = () => Promise.reject(new Error('aborted'))
  expect(await persistently(attempt, AbortSignal.abort(), cutShort)).toBe('seen')
})
