import { describe, expect, it } from 'vitest'
import { startScene } from './github-scene.ts'
import { answersOf, repositoryAnswer, startAdapter, subject } from './github-wire.ts'

describe('a path', () => {
  it('is there as a file and as a directory, at its commit and of its exact name', async () => {
    const { github, subject: there, hub, shop, pull } = await startScene()
    hub.putFile(shop, 'services/orders/main.ts', 'x')
    const current = await github.current(there)
    const base = current?.kind === 'pull_request' ? current.baseSha : ''
    hub.putFile(shop, 'services/later/main.ts', 'x')
    expect(await github.existsAt(there, 'main', 'services/orders')).toBe(true)
    expect(await github.existsAt(there, 'main', 'services/orders/main.ts')).toBe(true)
    expect(await github.existsAt(there, 'main', 'services/later')).toBe(true)
    expect(await github.existsAt(there, 'refs/heads/main', 'services/later')).toBe(true)
    expect(await github.existsAt(there, base, 'services/later')).toBe(false)
    expect(await github.existsAt(there, 'main', 'services/Orders')).toBe(false)
    expect(await github.existsAt(there, 'main', 'services/order')).toBe(false)
    expect(await github.existsAt(there, pull.pull.headSha, 'src/a.ts')).toBe(true)
  })

  it.each(['', '/', 'a/', '/a', 'a//b', '.', '..', 'a/../b', 'a/.'])(
    'written as %j is not asked for',
    async (path) => {
      const { adapter, wire } = await startAdapter(answersOf({}))
      const told = adapter.github.existsAt(subject, 'main', path)
      await expect(told).rejects.toMatchObject({ name: 'GitHubError', kind: 'invalid' })
      expect(wire.calls).toEqual([])
    },
  )

  const contents = 'GET /repos/acme/shop/contents/services%2Forders'
  const asking = async (answer: unknown, repository: unknown = repositoryAnswer) => {
    const { adapter } = await startAdapter(
      answersOf({ 'GET /repos/acme/shop': repository, [contents]: answer }),
    )
    return adapter.github.existsAt(subject, 'b'.repeat(40), 'services/orders')
  }

  it.each<[string, unknown, boolean]>([
    ['a file', { type: 'file', path: 'services/orders' }, true],
    ['a directory', [{ type: 'file', path: 'services/orders/a' }], true],
    ['another file, through a link', { type: 'file', path: 'elsewhere' }, false],
    ['another directory', [{ type: 'file', path: 'elsewhere/a' }], false],
  ])('that leads to %s', async (_, answer, exists) => {
    expect(await asking(answer)).toBe(exists)
  })

  it.each([
    [403, 'denied'],
    [500, 'transient'],
  ])('whose reading fails with %i is not taken for missing', async (status, kind) => {
    const failing = () => Response.json({ message: 'no' }, { status })
    await expect(asking(failing)).rejects.toMatchObject({ kind })
  })

  it.each([
    ['taken over', { ...repositoryAnswer, id: 401 }, 'missing'],
    ['renamed', { ...repositoryAnswer, name: 'store' }, 'transient'],
  ])('in a repository that is %s meanwhile is not believed', async (_, later, kind) => {
    let reads = 0
    const repository = () => ((reads += 1) === 1 ? repositoryAnswer : later)
    await expect(asking({ path: 'services/orders' }, repository)).rejects.toMatchObject({ kind })
  })
})
