import { expect, test } from 'vitest'
import { untilAborted } from '../../src/domain/until-aborted.ts'

const because = () => new Error('over')
const never = () => new Promise<never>(() => undefined)

test('what comes of the work comes, also when the signal is aborted after it', async () => {
  const claim = new AbortController()
  const done = untilAborted(claim.signal, because, async () => 1)
  await expect(done).resolves.toBe(1)
  claim.abort()
  const failing = untilAborted(new AbortController().signal, because, async () => {
    throw new Error('mine')
  })
  await expect(failing).rejects.toThrow('mine')
})

test('what never answers ends with the signal', async () => {
  const claim = new AbortController()
  const waiting = untilAborted(claim.signal, because, never)
  claim.abort()
  await expect(waiting).rejects.toThrow('over')
})

test('nothing is begun once it is aborted', async () => {
  const work = () => expect.unreachable()
  await expect(untilAborted(AbortSignal.abort(), because, async () => work())).rejects.toThrow(
    'over',
  )
})
