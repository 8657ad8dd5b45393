// The App's private key is rotated: GitHub knows the old one, both, and then only the new one.
import { describe, expect, it } from 'vitest'
import { generatePrivateKey } from '../../sandbox/github/authentication.ts'
import type { ProbotOctokit } from 'probot'
import { createAppKeys } from '../../src/adapters/github/app-keys.ts'
import { createGitHub } from '../../src/adapters/github/create-github.ts'
import { startScene } from './github-scene.ts'
import { privateKey as former, recordingLog } from './github-wire.ts'

const next = generatePrivateKey()
const broken = '-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n'

async function scene(keys: { privateKey: string; privateKeyPrevious?: string }) {
  const on = await startScene()
  const { log, lines } = recordingLog()
  const { appId, url: baseUrl } = on.hub
  const adapter = createGitHub({ appId, baseUrl, log, throttle: false, ...keys })
  return { ...on, adapter, lines }
}

/** Makes new tokens needed: those that are kept work on, whatever happens to the key. */
function revokeTokens({ hub }: { hub: { world: { tokens: Map<string, unknown> } } }) {
  hub.world.tokens.clear()
}

describe('while the private key is rotated', () => {
  it('no call fails: the new one is not known yet, both are, the old one is deleted', async () => {
    const on = await scene({ privateKey: next, privateKeyPrevious: former })
    const { hub, adapter, subject, lines } = on
    const works = async () => {
      revokeTokens(on)
      expect(await adapter.whoAmI()).toMatchObject({ id: hub.appId })
      expect(await adapter.github.current(subject)).toMatchObject({ state: 'open' })
    }
    await works()
    hub.keys.addKey(next)
    await works()
    hub.keys.removeKey(former)
    await works()
    expect(lines.map(({ id, fields }) => [id, fields])).toEqual([
      ['github.key_refused', { key: 'PRIVATE_KEY', used: 'PRIVATE_KEY_PREVIOUS' }],
      ['github.key_refused', { key: 'PRIVATE_KEY_PREVIOUS', used: 'PRIVATE_KEY' }],
    ])
  })

  it('no call fails that was slower to be refused than another was to find the other key', async () => {
    const { log } = recordingLog()
    const { promise: later, resolve: refuseLate } = Promise.withResolvers<void>()
    const [unknown, valid] = [{} as ProbotOctokit, {} as ProbotOctokit]
    const send = createAppKeys([unknown, valid], log)
    const refused = Object.assign(new Error('no'), { status: 401, response: { status: 401 } })
    const slow = send('be slow', async (octokit) => {
      if (octokit === valid) return 'answered'
      await later
      throw refused
    })
    await send('be quick', async (octokit) => {
      if (octokit === unknown) throw refused
    })
    refuseLate()
    expect(await slow).toBe('answered')
  })

  it('one that cannot sign at all gives way to the other', async () => {
    const { adapter, hub } = await scene({ privateKey: broken, privateKeyPrevious: former })
    expect(await adapter.whoAmI()).toMatchObject({ id: hub.appId })
  })

  it('the other is not asked where the key is not what is wrong', async () => {
    const { adapter, hub } = await scene({ privateKey: former, privateKeyPrevious: next })
    for (const status of [403, 404, 500]) {
      const asked = hub.calls.length
      const off = hub.intercept(() => Response.json({ message: 'no' }, { status }))
      await expect(adapter.whoAmI()).rejects.toThrow(`${status}`)
      off()
      expect(hub.calls.length).toBe(asked + 1)
    }
  })

  it('two that GitHub does not know are refused, with what it said of the first', async () => {
    const { adapter, hub } = await scene({ privateKey: former, privateKeyPrevious: next })
    hub.keys.removeKey(former)
    await expect(adapter.whoAmI()).rejects.toMatchObject({
      kind: 'denied',
      message: expect.stringContaining('could not be decoded'),
    })
  })
})
