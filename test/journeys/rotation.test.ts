// The webhook secret and the App's private key are changed while deliveries come in: none is refused, none is lost.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { generatePrivateKey } from '../../sandbox/github/authentication.ts'
import { webhookSecret } from '../../sandbox/scene.ts'
import { begin, type Journey } from '../support/journey.ts'
import { countOf, ended, given, openPull } from '../support/seen.ts'

const nextSecret = 'the-secret-that-comes-after-it'
const nextKey = generatePrivateKey()
let on: Journey
beforeAll(async () => {
  on = await begin({
    github: ({ github }) => ({
      webhookSecrets: [nextSecret, webhookSecret],
      privateKey: nextKey,
      privateKeyPrevious: github.privateKey,
    }),
  })
})
afterAll(() => on.end())

test('access opens and ends through each step of a rotation', async () => {
  const { github, people } = on
  const steps: readonly (() => void)[] = [
    // The processes have the new ones already, GitHub has not.
    () => undefined,
    () => github.keys.addKey(nextKey),
    () => void (github.webhookSecret = nextSecret),
    () => github.keys.removeKey(github.privateKey),
  ]
  for (const step of steps) {
    const pull = openPull(on)
    github.deliveryMode = 'hold'
    const asked = github.requestReview(pull, people.alice, people.octocat)
    // What was signed before is on its way still, and no token of the former key is kept.
    step()
    github.world.tokens.clear()
    github.deliveryMode = 'send'
    github.release(asked)
    const grant = await given(on, pull, people.octocat)
    github.submitReview(pull, people.octocat, 'approved')
    await ended(on, grant)
  }
  expect(countOf(on, 'delivery.refused')).toBe(0)
})
