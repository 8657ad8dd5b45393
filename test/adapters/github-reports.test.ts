import { describe, expect, it } from 'vitest'
import type { CheckRun } from '../../src/workflows/ports.ts'
import { startScene } from './github-scene.ts'
import { answersOf, repositoryAnswer, startAdapter, subject as bare } from './github-wire.ts'

const marker = '<!-- hallpass:subject -->'

describe('the comment', () => {
  it('is written, found by its marker, and edited in place', async () => {
    const { github, subject, hub, pull } = await startScene()
    const id = await github.createComment(subject, `${marker}\nfirst`)
    expect(await github.findComment(subject, marker)).toEqual({ id, body: `${marker}\nfirst` })
    expect(await github.updateComment(subject, id, `${marker}\nsecond`)).toBe('updated')
    expect(hub.comments(pull).map(({ body }) => body)).toEqual([`${marker}\nsecond`])
  })

  it('is told missing when somebody deleted it', async () => {
    const { github, subject, hub, pull } = await startScene()
    const id = await github.createComment(subject, marker)
    const [comment] = hub.comments(pull)
    if (comment) hub.deleteComment(comment, 'ada')
    expect(await github.updateComment(subject, id, 'x')).toBe('missing')
    expect(await github.findComment(subject, marker)).toBeUndefined()
  })

  it('is never somebody else`s that holds the marker', async () => {
    const { github, subject, hub, pull, grace } = await startScene()
    hub.comment(pull, grace, marker)
    hub.comment(pull, grace, marker, { viaApp: true })
    hub.comment(pull, hub.addBot('other[bot]'), marker)
    expect(await github.findComment(subject, marker)).toBeUndefined()
    const id = await github.createComment(subject, marker)
    expect(await github.findComment(subject, marker)).toMatchObject({ id })
  })

  it('is found behind hundreds of others', async () => {
    const { github, subject, hub, pull, grace } = await startScene()
    for (let n = 0; n < 150; n += 1) hub.comment(pull, grace, `chatter ${n}`)
    const id = await github.createComment(subject, marker)
    expect(await github.findComment(subject, marker)).toMatchObject({ id })
  })

  it.each<[string, object, boolean]>([
    [
      'our bot, through our App',
      { user: { type: 'Bot', login: 'x[bot]' }, performed_via_github_app: { id: 77 } },
      true,
    ],
    [
      'a person, through our App',
      { user: { type: 'User', login: 'x' }, performed_via_github_app: { id: 77 } },
      false,
    ],
    [
      'a bot, through another App',
      { user: { type: 'Bot', login: 'ours[bot]' }, performed_via_github_app: { id: 78 } },
      false,
    ],
    [
      'our bot, through an App that is not told',
      { user: { type: 'Bot', login: 'ours[bot]' }, performed_via_github_app: null },
      true,
    ],
    [
      'another bot, through an App that is not told',
      { user: { type: 'Bot', login: 'x[bot]' }, performed_via_github_app: null },
      false,
    ],
    ['a deleted account', { user: null }, false],
  ])('by %s', async (_, author, ours) => {
    const { adapter } = await startAdapter((request) => {
      const { pathname } = new URL(request.url)
      if (pathname === '/app')
        return Response.json({ id: 77, slug: 'ours', permissions: {}, events: [] })
      if (pathname.endsWith('/comments')) return Response.json([{ id: 1, body: marker, ...author }])
      return Response.json({ id: 400, name: 'shop', owner: { id: 50, login: 'acme' } })
    })
    const found = await adapter.github.findComment(bare, marker)
    expect(found?.id).toBe(ours ? 1 : undefined)
  })
})

describe('the check', () => {
  const run = (headSha: string): CheckRun => ({
    name: 'hallpass/access',
    headSha,
    status: 'in_progress',
    conclusion: undefined,
    title: 'Waiting',
    summary: 'Nobody approved yet.',
    externalId: 'subject-1',
    actions: [],
    annotations: [],
  })

  it('is started, found, and completed', async () => {
    const { github, subject, hub, pull } = await startScene()
    const { headSha } = pull.pull
    const id = await github.createCheck(subject, run(headSha))
    expect(await github.findCheck(subject, headSha, 'hallpass/access', 'subject-')).toEqual({
      id,
      externalId: 'subject-1',
      completed: false,
      asks: false,
    })
    await github.updateCheck(subject, id, {
      ...run(headSha),
      status: 'completed',
      conclusion: 'success',
      title: 'Ended',
    })
    expect(hub.checks(headSha)).toMatchObject([
      { status: 'completed', conclusion: 'success', title: 'Ended', externalId: 'subject-1' },
    ])
    expect(await github.findCheck(subject, headSha, 'hallpass/access', 'subject-')).toMatchObject({
      completed: true,
    })
  })

  it('found is the newest of its name on its head', async () => {
    const { github, subject, hub, pull } = await startScene()
    const { headSha } = pull.pull
    await github.createCheck(subject, run(headSha))
    const newest = await github.createCheck(subject, { ...run(headSha), externalId: 'subject-2' })
    await github.createCheck(subject, { ...run(headSha), name: 'hallpass/policy' })
    expect(await github.findCheck(subject, headSha, 'hallpass/access', 'subject-')).toEqual({
      id: newest,
      externalId: 'subject-2',
      completed: false,
      asks: false,
    })
    hub.push(pull, 'grace', { 'b.ts': 'b' })
    expect(
      await github.findCheck(subject, pull.pull.headSha, 'hallpass/access', 'subject-'),
    ).toBeUndefined()
  })

  it('of another pull request with the same head is not this one’s', async () => {
    const { github, subject, pull } = await startScene()
    const { headSha } = pull.pull
    const own = await github.createCheck(subject, { ...run(headSha), externalId: 'h:77#1:a' })
    await github.createCheck(subject, { ...run(headSha), externalId: 'h:77#12:a' })
    const found = await github.findCheck(subject, headSha, 'hallpass/access', 'h:77#1:')
    expect(found?.id).toBe(own)
  })

  it('tells whether it asks for something', async () => {
    const { github, subject, pull } = await startScene()
    const { headSha } = pull.pull
    const asking = { status: 'completed', conclusion: 'action_required' } as const
    await github.createCheck(subject, { ...run(headSha), ...asking })
    expect(await github.findCheck(subject, headSha, 'hallpass/access', '')).toMatchObject({
      completed: true,
      asks: true,
    })
  })

  it('of another App with our name is not ours', async () => {
    const sha = 'a'.repeat(40)
    const name = 'hallpass/access'
    const runs = [
      { id: 9, name, head_sha: sha, status: 'completed', external_id: 'x', app: { id: 78 } },
      { id: 8, name, head_sha: sha, status: 'completed', external_id: 'x', app: null },
      { id: 5, name, head_sha: sha, status: 'queued', external_id: 'ours', app: { id: 77 } },
    ]
    const { adapter } = await startAdapter((request) =>
      new URL(request.url).pathname.endsWith('/check-runs')
        ? Response.json({ total_count: 3, check_runs: runs })
        : Response.json({ id: 400, name: 'shop', owner: { id: 50, login: 'acme' } }),
    )
    expect(await adapter.github.findCheck(bare, sha, name, '')).toEqual({
      id: 5,
      externalId: 'ours',
      completed: false,
      asks: false,
    })
  })

  it('completed without a conclusion never leaves', async () => {
    const { github, subject, pull, hub } = await startScene()
    const check = { ...run(pull.pull.headSha), status: 'completed' as const }
    await expect(github.createCheck(subject, check)).rejects.toMatchObject({ kind: 'invalid' })
    expect(hub.checks(pull.pull.headSha)).toEqual([])
  })
})

describe('what a check shows besides', () => {
  const headSha = 'a'.repeat(40)
  const button = { identifier: 'approve', label: 'Approve', description: 'Give the access' }
  const remark = {
    path: 'policy.yml',
    startLine: 3,
    endLine: 4,
    level: 'failure' as const,
    message: 'There is no such role.',
  }
  const check: CheckRun = {
    name: 'hallpass/policy',
    headSha,
    status: 'completed',
    conclusion: 'action_required',
    title: 'Waiting',
    summary: 'Who may approve.',
    externalId: 'e',
    actions: [button],
    annotations: [remark],
  }
  const start = () =>
    startAdapter(
      answersOf({
        'GET /repos/acme/shop': repositoryAnswer,
        'POST /repos/acme/shop/check-runs': { id: 5 },
        'PATCH /repos/acme/shop/check-runs/5': { id: 5 },
      }),
    )

  it('is its buttons, and its remarks on lines', async () => {
    const { adapter, wire } = await start()
    expect(await adapter.github.createCheck(bare, check)).toBe(5)
    expect(JSON.parse(wire.calls.at(-1)?.body ?? '')).toMatchObject({
      conclusion: 'action_required',
      actions: [button],
      output: {
        annotations: [
          {
            path: 'policy.yml',
            start_line: 3,
            end_line: 4,
            annotation_level: 'failure',
            message: 'There is no such role.',
          },
        ],
      },
    })
  })

  it('is taken away with an update that has none', async () => {
    const { adapter, wire } = await start()
    await adapter.github.updateCheck(bare, 5, { ...check, actions: [], annotations: [] })
    const sent: unknown = JSON.parse(wire.calls.at(-1)?.body ?? '')
    expect(sent).toMatchObject({ actions: [] })
    expect(sent).not.toHaveProperty('output.annotations')
  })

  it('may be as much as GitHub takes', async () => {
    const { adapter } = await start()
    const most = {
      ...check,
      summary: 's'.repeat(65_535),
      actions: Array.from({ length: 3 }, () => ({
        identifier: 'i'.repeat(20),
        label: 'l'.repeat(20),
        description: 'd'.repeat(40),
      })),
      annotations: Array.from({ length: 50 }, () => remark),
    }
    expect(await adapter.github.createCheck(bare, most)).toBe(5)
  })

  it.each<[string, Partial<CheckRun>]>([
    ['four buttons', { actions: [button, button, button, button] }],
    ['a long label', { actions: [{ ...button, label: 'l'.repeat(21) }] }],
    ['a long identifier', { actions: [{ ...button, identifier: 'l'.repeat(21) }] }],
    ['a long description', { actions: [{ ...button, description: 'l'.repeat(41) }] }],
    ['a button without a label', { actions: [{ ...button, label: '' }] }],
    ['51 annotations', { annotations: Array.from({ length: 51 }, () => remark) }],
    ['an annotation of no file', { annotations: [{ ...remark, path: '' }] }],
    ['an annotation before the first line', { annotations: [{ ...remark, startLine: 0 }] }],
    ['an annotation that ends first', { annotations: [{ ...remark, endLine: 2 }] }],
    ['an annotation that says nothing', { annotations: [{ ...remark, message: '' }] }],
    [
      'an annotation that says too much',
      { annotations: [{ ...remark, message: 'ä'.repeat(40_000) }] },
    ],
    ['a long summary', { summary: 's'.repeat(65_536) }],
  ])('is not sent with %s', async (_, more) => {
    const { adapter, wire } = await start()
    const told = { name: 'GitHubError', kind: 'invalid' }
    const wrong = { ...check, ...more }
    await expect(adapter.github.createCheck(bare, wrong)).rejects.toMatchObject(told)
    await expect(adapter.github.updateCheck(bare, 5, wrong)).rejects.toMatchObject(told)
    expect(wire.calls).toEqual([])
  })
})
