import { describe, expect, it } from 'vitest'
import { createGitHub } from '../../src/adapters/github/create-github.ts'
import { startScene, takeNameOver } from './github-scene.ts'
import {
  answersOf,
  recordingLog,
  repositoryAnswer,
  startAdapter,
  subject as bare,
} from './github-wire.ts'

describe('the App', () => {
  it('knows itself and where it is installed', async () => {
    const { adapter, hub, acme, installation } = await startScene()
    expect(await adapter.whoAmI()).toMatchObject({
      id: hub.appId,
      slug: 'hallpass',
      permissions: { checks: 'write', members: 'read' },
      events: expect.arrayContaining(['pull_request']),
    })
    expect(await adapter.installations()).toEqual([
      expect.objectContaining({
        id: installation.id,
        accountId: acme.id,
        account: 'acme',
        suspended: false,
        repositories: 'all',
      }),
    ])
  })

  it('tells a suspended installation', async () => {
    const { adapter, hub, installation, github, subject } = await startScene()
    hub.suspend(installation, 'ada')
    expect(await adapter.installations()).toMatchObject([{ suspended: true }])
    await expect(github.repository(subject)).rejects.toMatchObject({ kind: 'denied' })
  })

  it('goes by an API below a path, as GitHub Enterprise Server has it', async () => {
    const { hub, subject } = await startScene()
    const { privateKey, appId, url } = hub
    const baseUrl = `${url}/api/v3`
    const { github } = createGitHub({
      appId,
      privateKey,
      baseUrl,
      log: recordingLog().log,
      throttle: false,
    })
    expect(await github.repository(subject)).toMatchObject({ name: 'shop' })
    expect(hub.calls.every(({ path }) => path.startsWith('/api/v3/'))).toBe(true)
  })
})

describe('a repository', () => {
  it('is read with its facts', async () => {
    const { github, subject, shop, acme } = await startScene()
    expect(await github.repository(subject)).toEqual({
      id: shop.id,
      owner: 'acme',
      name: 'shop',
      accountId: acme.id,
      visibility: 'private',
      archived: false,
      defaultBranch: 'main',
    })
  })

  it.each(['public', 'internal', 'private'] as const)('tells that it is %s', async (visibility) => {
    const { github, subject, shop, hub } = await startScene()
    hub.setVisibility(shop, 'ada', visibility)
    expect(await github.repository(subject)).toMatchObject({ visibility })
  })

  it('is followed to its new name, for writing too', async () => {
    const { github, subject, shop, hub, pull } = await startScene()
    hub.renameRepository(shop, 'ada', 'store')
    expect(await github.repository(subject)).toMatchObject({ name: 'store' })
    expect(await github.current(subject)).toMatchObject({ state: 'open' })
    await github.createComment(subject, 'hello')
    expect(hub.comments(pull)).toHaveLength(1)
  })

  it('is gone when it was transferred, even to an account that is served', async () => {
    const { github, subject, shop, hub } = await startScene()
    const other = hub.addOrganization('other', { owners: ['ada'] })
    hub.install(other)
    hub.transferRepository(shop, 'ada', other)
    expect(await github.repository(subject)).toBeUndefined()
    expect(await github.current(subject)).toBeUndefined()
    hub.setVisibility(shop, 'ada', 'public')
    expect(await github.repository(subject)).toBeUndefined()
    expect(await github.current(subject)).toBeUndefined()
  })

  it('is gone when it was deleted, or the App taken off it', async () => {
    const { github, subject, shop, hub, installation } = await startScene()
    hub.deleteRepository(shop, 'ada')
    expect(await github.repository(subject)).toBeUndefined()
    hub.uninstall(installation, 'ada')
    expect(await github.repository(subject)).toBeUndefined()
  })
})

describe('a repository that took the name over', () => {
  it('is taken for nothing that was asked', async () => {
    const scene = await startScene()
    const { github, subject, grace } = scene
    const { pull } = takeNameOver(scene)
    expect(await github.repository(subject)).toBeUndefined()
    expect(await github.current(subject)).toBeUndefined()
    const missing = { kind: 'missing' }
    await expect(github.changedPaths(subject)).rejects.toMatchObject(missing)
    await expect(github.roleOf(subject, grace)).rejects.toMatchObject(missing)
    await expect(github.teamMembership(subject, 'sre', grace)).rejects.toMatchObject(missing)
    await expect(github.findComment(subject, 'marker')).rejects.toMatchObject(missing)
    await expect(github.findCheck(subject, pull.pull.headSha, 'x', '')).rejects.toMatchObject(
      missing,
    )
  })

  it('is written nothing to', async () => {
    const scene = await startScene()
    const { github, subject, hub, ada } = scene
    const { pull } = takeNameOver(scene)
    const comment = hub.comment(pull, ada, 'theirs')
    const { headSha } = pull.pull
    const check = {
      name: 'hallpass/access',
      headSha,
      status: 'in_progress' as const,
      conclusion: undefined,
      title: 't',
      summary: 's',
      externalId: 'e',
      actions: [],
      annotations: [],
    }
    const missing = { kind: 'missing' }
    await expect(github.createComment(subject, 'x')).rejects.toMatchObject(missing)
    await expect(github.updateComment(subject, comment.id, 'x')).rejects.toMatchObject(missing)
    await expect(github.createCheck(subject, check)).rejects.toMatchObject(missing)
    await expect(github.updateCheck(subject, 1, check)).rejects.toMatchObject(missing)
    expect(hub.comments(pull).map(({ body }) => body)).toEqual(['theirs'])
    expect(hub.checks(headSha)).toEqual([])
  })
})

describe('a pull request', () => {
  it('is read with its facts', async () => {
    const { github, subject, hub, pull, shop, grace, ada } = await startScene()
    hub.requestReview(pull, 'grace', 'ada')
    expect(await github.current(subject)).toEqual({
      kind: 'pull_request',
      state: 'open',
      merged: false,
      draft: false,
      author: { id: grace.id, login: 'grace' },
      labels: [],
      assignees: [],
      headSha: pull.pull.headSha,
      headRef: pull.pull.headRef,
      headRepositoryId: shop.id,
      baseRef: 'main',
      baseSha: expect.stringMatching(/^[0-9a-f]{40}$/),
      requestedReviewers: [{ id: ada.id, login: 'ada' }],
      requestedTeams: [],
    })
  })

  it('is closed, and merged, when it was', async () => {
    const { github, subject, hub, pull } = await startScene()
    hub.closePullRequest(pull, 'ada', { merged: true })
    expect(await github.current(subject)).toMatchObject({ state: 'closed', merged: true })
  })

  it('from a fork names the fork', async () => {
    const { github, subject, hub, shop, grace } = await startScene()
    const fork = hub.fork(shop, grace)
    const pull = hub.openPullRequest(shop, { author: grace, from: fork, files: { 'x.ts': 'x' } })
    const there = { ...subject, number: pull.number }
    expect(await github.current(there)).toMatchObject({ headRepositoryId: fork.id })
  })

  it('whose fork and author are gone names neither', async () => {
    const repo = { id: bare.repositoryId, owner: { id: bare.accountId } }
    const { adapter } = await startAdapter(() =>
      Response.json({
        state: 'open',
        merged: false,
        user: null,
        labels: [],
        head: { sha: 'a', ref: 'topic', repo: null },
        base: { ref: 'main', sha: 'b', repo },
      }),
    )
    expect(await adapter.github.current(bare)).toMatchObject({
      author: { id: 0, login: 'ghost' },
      headRepositoryId: null,
      requestedReviewers: [],
    })
  })

  it('that is an issue, or nothing, is none', async () => {
    const { github, subject, hub, shop } = await startScene()
    const issue = hub.openIssue(shop, { author: 'ada' })
    expect(await github.current({ ...subject, number: issue.number })).toBeUndefined()
    expect(await github.current({ ...subject, number: 99 })).toBeUndefined()
  })
})

describe('changed paths', () => {
  it('hold both names of a rename', async () => {
    const { github, subject, hub, shop, grace } = await startScene()
    hub.putFile(shop, 'old/secret.ts', 'the same text')
    const pull = hub.openPullRequest(shop, {
      author: grace,
      files: { 'old/secret.ts': null, 'new/secret.ts': 'the same text', 'c.ts': 'c' },
    })
    const { paths, truncated } = await github.changedPaths({ ...subject, number: pull.number })
    expect(paths.toSorted()).toEqual(['c.ts', 'new/secret.ts', 'old/secret.ts'])
    expect(truncated).toBe(false)
  })

  it('are whole over several pages', async () => {
    const { github, subject, hub, pull } = await startScene()
    const files = Object.fromEntries(Array.from({ length: 250 }, (_, n) => [`f/${n}`, `${n}`]))
    hub.push(pull, 'grace', files)
    const { paths, truncated } = await github.changedPaths(subject)
    expect(new Set(paths).size).toBe(251)
    expect(truncated).toBe(false)
  })

  it.each([2999, 3001])(
    'are truncated once GitHub lists no more, with %i others',
    async (length) => {
      const { github, subject, hub, pull } = await startScene()
      const files = Object.fromEntries(Array.from({ length }, (_, n) => [`f/${n}`, `${n}`]))
      hub.push(pull, 'grace', files)
      expect((await github.changedPaths(subject)).truncated).toBe(true)
    },
  )

  it('are truncated when fewer are listed than GitHub counts', async () => {
    const { github, subject, hub } = await startScene()
    hub.intercept((call, phase) =>
      phase === 'before' && call.path.endsWith('/files') ? Response.json([]) : undefined,
    )
    expect(await github.changedPaths(subject)).toEqual({ paths: [], truncated: true })
  })

  it('of another head than asked for are refused, to be asked for again', async () => {
    const { github, subject, hub, pull } = await startScene()
    const { headSha } = pull.pull
    expect((await github.changedPaths(subject, headSha)).paths).toEqual(['src/a.ts'])
    hub.push(pull, 'grace', { 'b.ts': 'b' })
    await expect(github.changedPaths(subject, headSha)).rejects.toMatchObject({ kind: 'transient' })
  })

  it('that a push changes while they are read are refused', async () => {
    const { github, subject, hub, pull } = await startScene()
    const stop = hub.intercept((call, phase) => {
      if (phase !== 'after' || !call.path.endsWith('/files')) return
      stop()
      hub.push(pull, 'grace', { 'b.ts': 'b' })
    })
    await expect(github.changedPaths(subject)).rejects.toMatchObject({ kind: 'transient' })
  })
})

describe('what answers to the name of a repository', () => {
  it.each([
    ['is another one', { ...repositoryAnswer, id: 401 }],
    [
      'is another account’s',
      { ...repositoryAnswer, owner: { ...repositoryAnswer.owner, id: 401 } },
    ],
  ])('%s, whatever the token lets us read', async (_, answer) => {
    const { adapter } = await startAdapter(answersOf({ 'GET /repos/acme/shop': answer }))
    expect(await adapter.github.repository(bare)).toBeUndefined()
  })
})
