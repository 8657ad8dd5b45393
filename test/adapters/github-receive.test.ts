import { execFile } from 'node:child_process'
import { inspect, promisify } from 'node:util'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { GitHubError } from '../../src/domain/errors.ts'
import { privateKey, startAdapter } from './github-wire.ts'

const delivery = {
  id: 'd-1',
  name: 'pull_request',
  payload: {
    action: 'closed',
    secret: 'mark-of-the-payload',
    installation: { id: 9 },
    pull_request: { number: 3 },
  },
}
const start = () => startAdapter(() => Response.json({}))

afterEach(() => vi.restoreAllMocks())

describe('a delivery', () => {
  it('reaches the handlers of its event and action, and waits for them', async () => {
    const { adapter } = await start()
    const seen: string[] = []
    await adapter.load((app) => {
      app.on('pull_request.closed', async ({ id, payload }) => {
        await Promise.resolve()
        seen.push(`${id} ${payload.action}`)
      })
      app.on('pull_request.opened', async () => void seen.push('opened'))
    })
    await adapter.receive(delivery)
    expect(seen).toEqual(['d-1 closed'])
  })

  it('that nobody handles is nothing', async () => {
    const { adapter } = await start()
    await expect(adapter.receive({ ...delivery, name: 'star' })).resolves.toBeUndefined()
  })

  it.each([null, 'text', 7, ['list']])('with %j as its payload is a fault', async (payload) => {
    const { adapter } = await start()
    await expect(adapter.receive({ ...delivery, payload })).rejects.toThrow(TypeError)
  })
})

describe('a handler that fails', () => {
  const failing = async (...errors: unknown[]) => {
    const prints = (['log', 'info', 'warn', 'error', 'debug'] as const).map((name) =>
      vi.spyOn(console, name).mockReturnValue(),
    )
    const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
    const { adapter, lines } = await start()
    await adapter.load((app) => {
      for (const error of errors)
        app.on('pull_request.closed', async () => {
          throw error
        })
    })
    const thrown: unknown = await adapter.receive(delivery).catch((error: unknown) => error)
    const printed = [...prints, out].flatMap((print) => print.mock.calls)
    return { thrown, logged: inspect([lines, printed], { depth: 20 }) }
  }

  it('is heard of with its own error, and its kind', async () => {
    const error = new GitHubError('transient', 'later', { retryAfterSeconds: 5 })
    const { thrown } = await failing(error)
    expect(thrown).toBe(error)
  })

  it('gets the delivery neither into a log nor onto the error', async () => {
    const { thrown, logged } = await failing(new Error('pem, json web token, anything'))
    expect(logged).not.toContain('mark-of-the-payload')
    expect(inspect(thrown, { depth: 20, showHidden: true })).not.toContain('mark-of-the-payload')
  })

  it('among others that fail gives all their errors', async () => {
    const first = new Error('first')
    const { thrown, logged } = await failing(first, new Error('second'))
    expect(thrown).toBeInstanceOf(AggregateError)
    expect(thrown).toHaveProperty('errors.0', first)
    expect(inspect([thrown, logged], { depth: 20, showHidden: true })).not.toContain('mark-of-')
  })

  it('prints nothing, in a process of its own', async () => {
    const script = `
      const { createGitHub } = await import('./src/adapters/github/create-github.ts')
      const say = () => {}
      const log = { info: say, warn: say, error: say }
      const privateKey = process.env.KEY
      const adapter = createGitHub({ appId: 77, privateKey, log, throttle: false })
      await adapter.load((app) => app.on('pull_request.closed', () => { throw new Error('x') }))
      await adapter.receive(${JSON.stringify(delivery)}).catch(say)
    `
    const run = promisify(execFile)
    const node = [process.execPath, ['--input-type=module', '--eval', script]] as const
    const env = { ...process.env, KEY: privateKey, NODE_OPTIONS: '' }
    expect(await run(...node, { env })).toEqual({ stdout: '', stderr: '' })
  })

  it('with what is no error does no more harm', async () => {
    const { thrown, logged } = await failing('a string')
    expect(inspect([thrown, logged], { depth: 20, showHidden: true })).not.toContain('mark-of-')
  })
})
