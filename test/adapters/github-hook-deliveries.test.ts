// What is asked as the App: its installations, and GitHub's list of its deliveries.
import { describe, expect, it } from 'vitest'
import { createGitHub } from '../../src/adapters/github/create-github.ts'
import { startScene } from './github-scene.ts'
import { privateKey, recordingLog } from './github-wire.ts'

const minute = 60_000

describe('the list of deliveries', () => {
  it('is read page by page, newest first, no further back than asked', async () => {
    const { hub, adapter, pull, grace } = await startScene()
    hub.deliveryMode = 'drop'
    for (let n = 0; n < 130; n += 1) hub.addLabel(pull, grace, `label-${n}`)
    const before = hub.calls.length
    const { attempts, cut } = await adapter.hooks.attemptsSince(Date.now() - minute)
    const newest = hub.lastDelivery('pull_request', 'labeled')
    expect([attempts.length, cut]).toEqual([hub.deliveries.length, false])
    expect(attempts[0]).toEqual({
      id: String(newest.attempts[0]?.id),
      guid: newest.id,
      at: expect.any(Number),
      answered: false,
      event: 'pull_request.labeled',
      redelivery: false,
      installationId: newest.installationId,
      repositoryId: pull.repositoryId,
    })
    const pages = hub.calls.slice(before).filter(({ path }) => path === '/app/hook/deliveries')
    expect(pages).toHaveLength(2)
    expect(await adapter.hooks.attemptsSince(Date.now() + minute)).toEqual({
      attempts: [],
      cut: false,
    })
  })

  it('is asked for a redelivery, and refuses one of what it does not know', async () => {
    const { hub, adapter, pull, grace } = await startScene()
    hub.deliveryMode = 'drop'
    hub.addLabel(pull, grace, 'urgent')
    const [attempt] = hub.lastDelivery().attempts
    hub.deliveryMode = 'send'
    await adapter.hooks.redeliver(String(attempt?.id))
    expect(hub.lastDelivery()).toMatchObject({ state: expect.stringMatching(/sending|unsent/) })
    await expect(adapter.hooks.redeliver('1')).rejects.toMatchObject({ kind: 'missing' })
  })
})

describe('whether the App is installed', () => {
  it('GitHub tells the App itself, when nobody can be asked as its installation', async () => {
    const { hub, github, installation, subject } = await startScene()
    expect(await github.installation(subject)).toBe('installed')
    hub.suspend(installation, 'ada')
    expect(await github.installation(subject)).toBe('suspended')
    hub.uninstall(installation, 'ada')
    expect(await github.installation(subject)).toBe('uninstalled')
  })

  it('is not known to an App that GitHub does not know: a wrong setting must end nothing', async () => {
    const { hub, subject } = await startScene()
    const other = createGitHub({
      appId: hub.appId + 1,
      privateKey,
      baseUrl: hub.url,
      log: recordingLog().log,
      throttle: false,
    })
    await expect(other.github.installation(subject)).rejects.toMatchObject({ name: 'GitHubError' })
  })
})
