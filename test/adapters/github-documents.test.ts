import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { RepositoryFacts } from '../../src/domain/policy/types.ts'
import { startScene } from './github-scene.ts'
import { startAdapter, subject as bare } from './github-wire.ts'

const blobOf = (text: string) =>
  createHash('sha1')
    .update(`blob ${Buffer.byteLength(text)}\0${text}`)
    .digest('hex')

async function startPolicy() {
  const scene = await startScene()
  const { hub, acme, adapter, github, subject } = scene
  const access = hub.addRepository(acme, 'access', { files: { 'policy.yml': 'version: 1 # é\n' } })
  const pinned = adapter.documents.pinned({
    repositoryId: access.id,
    branch: 'main',
    path: 'policy.yml',
  })
  const facts = await github.repository(subject)
  if (facts === undefined) throw new Error('the scene has no repository')
  const readPinned = () => pinned.read(subject)
  const readOwn = (repository: RepositoryFacts = facts) =>
    adapter.documents.repository.read(subject, repository)
  return { ...scene, access, facts, readPinned, readOwn }
}

describe('the pinned document', () => {
  it('is read with its commit and blob', async () => {
    const { readPinned, access } = await startPolicy()
    expect(await readPinned()).toEqual({
      kind: 'document',
      source: {
        where: 'acme/access:policy.yml',
        commit: access.branches.get('main'),
        blob: blobOf('version: 1 # é\n'),
      },
      text: 'version: 1 # é\n',
    })
  })

  it('is followed through a rename, and not to the name`s new owner', async () => {
    const { readPinned, hub, access, acme } = await startPolicy()
    hub.renameRepository(access, 'ada', 'access-2')
    hub.addRepository(acme, 'access', { files: { 'policy.yml': 'version: 666\n' } })
    expect(await readPinned()).toMatchObject({
      source: { where: 'acme/access-2:policy.yml' },
      text: 'version: 1 # é\n',
    })
  })

  it('is not that of a repository which takes the name over meanwhile', async () => {
    const { readPinned, hub, access, acme } = await startPolicy()
    const stop = hub.intercept((call, phase) => {
      if (phase !== 'before' || !call.operation.includes('/branches/')) return
      stop()
      hub.renameRepository(access, 'ada', 'access-2')
      hub.addRepository(acme, 'access', { files: { 'policy.yml': 'version: 666\n' } })
    })
    await expect(readPinned()).rejects.toMatchObject({ kind: 'transient' })
  })

  it('is found by another installation than the subject`s', async () => {
    const { hub, adapter, subject } = await startPolicy()
    const other = hub.addOrganization('other')
    const rules = hub.addRepository(other, 'rules', { files: { 'a/b.yml': 'hello' } })
    const pinned = adapter.documents.pinned({
      repositoryId: rules.id,
      branch: 'main',
      path: 'a/b.yml',
    })
    expect(await pinned.read(subject)).toMatchObject({
      kind: 'missing',
      why: 'The App is not installed on the repository that holds the policy.',
    })
    hub.install(other)
    expect(await pinned.read(subject)).toMatchObject({ kind: 'document', text: 'hello' })
  })

  it('and its commit are of one moment, whatever is pushed meanwhile', async () => {
    const { readPinned, hub, access } = await startPolicy()
    const before = access.branches.get('main')
    const stop = hub.intercept((call, phase) => {
      if (phase !== 'before' || !call.operation.includes('/contents/')) return
      stop()
      hub.putFile(access, 'policy.yml', 'version: 2\n')
    })
    expect(await readPinned()).toMatchObject({
      source: { commit: before, blob: blobOf('version: 1 # é\n') },
      text: 'version: 1 # é\n',
    })
    expect(await readPinned()).toMatchObject({ text: 'version: 2\n' })
  })

  it('is missing with its file, or its branch', async () => {
    const { readPinned, hub, access, adapter, subject } = await startPolicy()
    hub.putFile(access, 'policy.yml', null)
    expect(await readPinned()).toMatchObject({ kind: 'missing', where: 'acme/access:policy.yml' })
    const place = { repositoryId: access.id, branch: 'none', path: 'policy.yml' }
    expect(await adapter.documents.pinned(place).read(subject)).toMatchObject({
      kind: 'missing',
      why: 'There is no branch none.',
    })
  })

  it('cannot be known while GitHub does not answer', async () => {
    const { readPinned, hub } = await startPolicy()
    for (const part of ['GET /repositories/', '/branches/', '/contents/']) {
      const stop = hub.intercept((call, phase) =>
        phase === 'before' && call.operation.includes(part)
          ? Response.json({ message: 'Oops' }, { status: 502 })
          : undefined,
      )
      await expect(readPinned()).rejects.toMatchObject({ name: 'GitHubError', kind: 'transient' })
      stop()
    }
  })

  it.each<[string, (path: string) => Record<string, string | Uint8Array | null>, string]>([
    ['a directory', (path) => ({ [path]: null, [`${path}/x`]: 'x' }), 'a directory'],
    ['too large', (path) => ({ [path]: 'x'.repeat(512 * 1024 + 1) }), 'larger than'],
    ['larger than GitHub sends inline', (path) => ({ [path]: 'x'.repeat(2 ** 20 + 1) }), 'larger'],
    ['no text', (path) => ({ [path]: Uint8Array.from([0xff, 0xfe]) }), 'not UTF-8'],
  ])('that is %s cannot be read', async (_, change, why) => {
    const { readPinned, hub, access } = await startPolicy()
    hub.push({ repository: access, branch: 'main' }, 'ada', change('policy.yml'))
    const reading = await readPinned()
    expect(reading).toMatchObject({
      kind: 'unreadable',
      source: { where: 'acme/access:policy.yml', commit: access.branches.get('main') },
    })
    expect(reading).toHaveProperty('why', expect.stringContaining(why))
    expect(reading).toHaveProperty('source.blob', expect.stringMatching(/^[0-9a-f]{40}$/))
  })
})

describe('a repository`s own document', () => {
  const path = '.github/hallpass.yml'

  it('is read from the default branch', async () => {
    const { readOwn, hub, shop } = await startPolicy()
    hub.putFile(shop, path, 'rules: []\n')
    expect(await readOwn()).toEqual({
      kind: 'document',
      source: {
        where: `acme/shop:${path}`,
        commit: shop.branches.get('main'),
        blob: blobOf('rules: []\n'),
      },
      text: 'rules: []\n',
    })
  })

  it('is never that of a pull request`s head', async () => {
    const { readOwn, hub, pull } = await startPolicy()
    hub.push(pull, 'grace', { [path]: 'rules: [mine]\n' })
    expect(await readOwn()).toMatchObject({ kind: 'missing' })
  })

  it('is not the organization`s of that name', async () => {
    const { readOwn, hub, acme } = await startPolicy()
    hub.addRepository(acme, '.github', { files: { [path]: 'a', 'hallpass.yml': 'b' } })
    expect(await readOwn()).toMatchObject({ kind: 'missing' })
  })

  it('is not that of another repository which took the name over', async () => {
    const { readOwn, hub, shop, acme } = await startPolicy()
    hub.renameRepository(shop, 'ada', 'shop-old')
    hub.addRepository(acme, 'shop', { files: { [path]: 'rules: [theirs]\n' } })
    await expect(readOwn()).rejects.toMatchObject({ kind: 'missing' })
  })
})

describe('what GitHub answers', () => {
  const sha = 'c'.repeat(40)
  const text = 'version: 1\n'
  const file = {
    type: 'file',
    path: 'policy.yml',
    size: text.length,
    sha: blobOf(text),
    encoding: 'base64',
    content: Buffer.from(text).toString('base64'),
  }
  const reading = async (content: object, branch = 'main', id = 400) => {
    const { adapter } = await startAdapter((request) => {
      const { pathname } = new URL(request.url)
      if (pathname === '/repositories/400')
        return Response.json({ id, name: 'access', owner: { id: 50, login: 'acme' } })
      if (pathname === '/app/installations') return Response.json([])
      if (pathname.includes('/branches/')) return Response.json({ name: branch, commit: { sha } })
      return Response.json(content)
    })
    const pinned = adapter.documents.pinned({
      repositoryId: 400,
      branch: 'main',
      path: 'policy.yml',
    })
    return pinned.read(bare)
  }

  it('is a document when all agrees', async () => {
    expect(await reading(file)).toMatchObject({ kind: 'document', text, source: { commit: sha } })
  })

  it.each<[string, object]>([
    ['a link to nowhere', { type: 'symlink', path: 'policy.yml', sha, target: '/etc/passwd' }],
    ['a submodule', { type: 'submodule', path: 'policy.yml', sha, size: 0 }],
    ['the file that a link leads to', { ...file, path: 'other.yml' }],
    ['no contents', { ...file, encoding: 'none', content: '' }],
  ])('is unreadable when it is %s', async (_, content) => {
    expect(await reading(content)).toMatchObject({ kind: 'unreadable' })
  })

  it('is not believed when the contents are not those of the hash', async () => {
    const content = Buffer.from('version: 2\n').toString('base64')
    await expect(reading({ ...file, content })).rejects.toMatchObject({ kind: 'transient' })
  })

  it('about another repository is about none', async () => {
    expect(await reading(file, 'main', 401)).toMatchObject({ kind: 'missing' })
  })

  it('of a renamed branch is not the pinned one', async () => {
    expect(await reading(file, 'trunk')).toMatchObject({ kind: 'missing' })
  })
})
