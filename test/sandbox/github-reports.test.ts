import { afterEach, describe, expect, test } from 'vitest'
import type { SandboxGitHub } from '../../sandbox/github/index.ts'
import { failure, scene } from './github-clients.ts'

const open: SandboxGitHub[] = []
afterEach(async () => {
  for (const github of open.splice(0)) await github.close()
})
async function begin(options: Parameters<typeof scene>[0] = {}) {
  const begun = await scene(options)
  open.push(begun.github)
  return begun
}

describe('a comment', () => {
  test('is written, read, changed and deleted, by the App’s bot', async () => {
    const { github, pull, octokit, at } = await begin()
    const { data, status } = await octokit.rest.issues.createComment({
      ...at,
      issue_number: 1,
      body: 'hello',
    })
    expect(status).toBe(201)
    expect(data).toMatchObject({
      body: 'hello',
      user: { login: 'hallpass[bot]', type: 'Bot' },
      performed_via_github_app: { id: github.appId, slug: 'hallpass' },
    })
    const comment = { ...at, comment_id: data.id }
    await octokit.rest.issues.updateComment({ ...comment, body: 'hello again' })
    expect((await octokit.rest.issues.getComment(comment)).data.body).toBe('hello again')
    expect(github.comments(pull).map(({ body }) => body)).toEqual(['hello again'])
    expect((await octokit.rest.issues.deleteComment(comment)).status).toBe(204)
    for (const call of [
      () => octokit.rest.issues.getComment(comment),
      () => octokit.rest.issues.updateComment({ ...comment, body: 'x' }),
      () => octokit.rest.issues.deleteComment(comment),
    ])
      expect(await failure(call())).toMatchObject({ status: 404 })
  })

  test('of a person is theirs, in pages, oldest first', async () => {
    const { github, bob, pull, octokit, at } = await begin()
    for (let n = 1; n <= 101; n += 1) github.comment(pull, bob, `${n}`)
    const all = await octokit.paginate(octokit.rest.issues.listComments, {
      ...at,
      issue_number: 1,
      per_page: 100,
    })
    expect(all.map(({ body }) => body)).toEqual(Array.from({ length: 101 }, (_, n) => `${n + 1}`))
    expect(all[0]).toMatchObject({
      user: { login: 'bob', type: 'User' },
      performed_via_github_app: null,
    })
  })

  test('may be 65,536 characters long and no longer, and not empty', async () => {
    const { octokit, at } = await begin()
    const write = (body: string) =>
      octokit.rest.issues.createComment({ ...at, issue_number: 1, body })
    const { data } = await write('x'.repeat(65_536))
    const tooLong = 'x'.repeat(65_537)
    expect(await failure(write(tooLong))).toMatchObject({ status: 422 })
    const change = octokit.rest.issues.updateComment({
      ...at,
      comment_id: data.id,
      body: tooLong,
    })
    expect(await failure(change)).toMatchObject({ status: 422 })
    expect(await failure(write(' '))).toMatchObject({ status: 422 })
  })

  test('cannot be written on an archived repository', async () => {
    const { github, ada, repository, octokit, at } = await begin()
    github.archive(repository, ada)
    const write = octokit.rest.issues.createComment({ ...at, issue_number: 1, body: 'x' })
    expect(await failure(write)).toMatchObject({ status: 403 })
  })

  test('takes each reaction once', async () => {
    const { github, bob, pull, octokit, at } = await begin()
    const comment = github.comment(pull, bob, '/access')
    const react = () =>
      octokit.rest.reactions.createForIssueComment({
        ...at,
        comment_id: comment.id,
        content: 'eyes',
      })
    expect((await react()).status).toBe(201)
    expect((await react()).status).toBe(200)
    expect(github.reactions(comment)).toEqual(['eyes'])
    await octokit.rest.reactions.createForIssue({ ...at, issue_number: 1, content: 'rocket' })
    expect(github.reactions(pull)).toEqual(['rocket'])
  })

  test('of the App comes back to it as a webhook from its bot', async () => {
    const { github, octokit, at } = await begin()
    await octokit.rest.issues.createComment({ ...at, issue_number: 1, body: 'hello' })
    const body = JSON.parse(github.lastDelivery('issue_comment', 'created').body)
    expect(body).toMatchObject({ sender: { login: 'hallpass[bot]', type: 'Bot' } })
  })
})

describe('a check run', () => {
  const output = { title: 'Waiting', summary: 'for approval' }
  const annotation = {
    path: 'hallpass.yml',
    start_line: 1,
    end_line: 2,
    annotation_level: 'failure' as const,
    message: 'no such team',
  }

  test('is created, completed, found by name and App, with its external id', async () => {
    const { github, pull, octokit, at } = await begin()
    const head_sha = pull.pull.headSha
    const { data, status } = await octokit.rest.checks.create({
      ...at,
      name: 'hallpass/access',
      head_sha,
      status: 'in_progress',
      external_id: 'pull 1',
      output,
    })
    expect(status).toBe(201)
    expect(data).toMatchObject({
      status: 'in_progress',
      conclusion: null,
      external_id: 'pull 1',
      app: { id: github.appId },
      pull_requests: [{ number: 1 }],
    })
    await octokit.rest.checks.update({
      ...at,
      check_run_id: data.id,
      conclusion: 'success',
    })
    const found = await octokit.rest.checks.listForRef({
      ...at,
      ref: head_sha,
      check_name: 'hallpass/access',
      app_id: github.appId,
    })
    expect(found.data).toMatchObject({
      total_count: 1,
      check_runs: [
        { id: data.id, status: 'completed', conclusion: 'success', external_id: 'pull 1', output },
      ],
    })
    const others = await octokit.rest.checks.listForRef({ ...at, ref: head_sha, app_id: 1 })
    expect(others.data.total_count).toBe(0)
    const branch = await octokit.rest.checks.listForRef({ ...at, ref: 'count' })
    expect(branch.data.total_count).toBe(1)
  })

  test('that is completed cannot be reopened; a new one of its name can be made', async () => {
    const { github, pull, octokit, at } = await begin()
    const run = { ...at, name: 'hallpass/access', head_sha: pull.pull.headSha }
    const first = await octokit.rest.checks.create({
      ...run,
      conclusion: 'failure',
      status: 'completed',
      output,
    })
    const reopened = await octokit.rest.checks.update({
      ...at,
      check_run_id: first.data.id,
      status: 'in_progress',
      output: { title: 'Again', summary: '' },
    })
    expect(reopened.data).toMatchObject({
      status: 'completed',
      conclusion: 'failure',
      output: { title: 'Again' },
    })
    const second = await octokit.rest.checks.create({ ...run, status: 'in_progress' })
    const list = async (filter: 'latest' | 'all') => {
      const { data } = await octokit.rest.checks.listForRef({ ...at, ref: run.head_sha, filter })
      return data.check_runs.map(({ id }) => id)
    }
    expect(await list('latest')).toEqual([second.data.id])
    expect(await list('all')).toEqual([second.data.id, first.data.id])
    expect(github.checks(run.head_sha)).toHaveLength(2)
  })

  test.each([
    [
      'four actions',
      {
        actions: Array.from({ length: 4 }, () => ({
          label: 'a',
          description: 'b',
          identifier: 'c',
        })),
      },
    ],
    ['a long label', { actions: [{ label: 'x'.repeat(21), description: 'b', identifier: 'c' }] }],
    [
      'a long description',
      { actions: [{ label: 'a', description: 'x'.repeat(41), identifier: 'c' }] },
    ],
    [
      'a long identifier',
      { actions: [{ label: 'a', description: 'b', identifier: 'x'.repeat(21) }] },
    ],
    ['no identifier', { actions: [{ label: 'a', description: 'b' }] }],
    [
      '51 annotations',
      { output: { ...output, annotations: Array.from({ length: 51 }, () => annotation) } },
    ],
    [
      'an annotation that ends before it starts',
      { output: { ...output, annotations: [{ ...annotation, start_line: 9 }] } },
    ],
    [
      'an annotation without a message',
      { output: { ...output, annotations: [{ ...annotation, message: '' }] } },
    ],
    [
      'an annotation of no known level',
      { output: { ...output, annotations: [{ ...annotation, annotation_level: 'error' }] } },
    ],
    [
      'columns over several lines',
      { output: { ...output, annotations: [{ ...annotation, start_column: 1 }] } },
    ],
    ['a long summary', { output: { title: 't', summary: 'x'.repeat(65_536) } }],
    ['a long text', { output: { title: 't', summary: 's', text: 'x'.repeat(65_536) } }],
    ['no conclusion at its end', { status: 'completed' as const }],
    ['a commit that is not there', { head_sha: 'a'.repeat(40) }],
  ])('is refused with %s', async (_, wrong) => {
    const { github, pull, octokit, at } = await begin()
    const run = { ...at, name: 'x', head_sha: pull.pull.headSha, ...wrong }
    expect(await failure(octokit.rest.checks.create(run as never))).toMatchObject({ status: 422 })
    expect(github.checks(pull.pull.headSha)).toEqual([])
  })

  test('keeps its annotations, fifty for each request, and lists them in pages', async () => {
    const { pull, octokit, at } = await begin()
    const annotations = Array.from({ length: 50 }, (_, n) => ({
      ...annotation,
      message: `${n}`,
    }))
    const { data } = await octokit.rest.checks.create({
      ...at,
      name: 'x',
      head_sha: pull.pull.headSha,
      output: { ...output, annotations },
    })
    const update = { ...at, check_run_id: data.id, output: { ...output, annotations } }
    const updated = await octokit.rest.checks.update(update)
    expect(updated.data.output.annotations_count).toBe(100)
    const listed = await octokit.paginate(octokit.rest.checks.listAnnotations, {
      ...at,
      check_run_id: data.id,
      per_page: 40,
    })
    expect(listed).toHaveLength(100)
    expect(listed[99]).toMatchObject({ path: 'hallpass.yml', start_line: 1, message: '49' })
  })

  test('may have three buttons of the longest words, on an update too, and no more', async () => {
    const { github, pull, octokit, at } = await begin()
    const action = {
      label: 'x'.repeat(20),
      description: 'x'.repeat(40),
      identifier: 'x'.repeat(20),
    }
    const run = { ...at, name: 'x', head_sha: pull.pull.headSha }
    const { data } = await octokit.rest.checks.create({ ...run, actions: [action, action, action] })
    const tooMany = { ...at, check_run_id: data.id, actions: [action, action, action, action] }
    expect(await failure(octokit.rest.checks.update(tooMany))).toMatchObject({ status: 422 })
    expect(github.checks(pull.pull.headSha)).toMatchObject([{ actions: [{}, {}, {}] }])
    await octokit.rest.checks.update({ ...at, check_run_id: data.id, actions: [] })
    expect(github.checks(pull.pull.headSha)).toMatchObject([{ actions: [] }])
  })

  test('on a fork’s head names no pull request', async () => {
    const { github, eve, repository, octokit, at } = await begin()
    const from = github.fork(repository, eve)
    const { pull } = github.openPullRequest(repository, { author: eve, from, files: { x: '1' } })
    const { data } = await octokit.rest.checks.create({ ...at, name: 'x', head_sha: pull.headSha })
    expect(data.pull_requests).toEqual([])
  })

  test('has buttons once it is completed', async () => {
    const { github, bob, eve, repository, pull, octokit, at } = await begin()
    github.setRole(repository, eve, 'triage')
    const actions = [{ label: 'Approve', description: 'Give access', identifier: 'approve' }]
    const { data } = await octokit.rest.checks.create({
      ...at,
      name: 'x',
      head_sha: pull.pull.headSha,
      external_id: 'pull 1',
      actions,
    })
    const [check] = github.checks(pull.pull.headSha)
    if (!check) throw new Error('no check')
    expect(() => github.press(check, bob, 'approve')).toThrow('not completed')
    await octokit.rest.checks.update({
      ...at,
      check_run_id: data.id,
      conclusion: 'action_required',
    })
    expect(() => github.press(check, eve, 'approve')).toThrow('eve has triage')
    expect(() => github.press(check, bob, 'deny')).toThrow('no button deny')
    github.press(check, bob, 'approve')
    const body = JSON.parse(github.lastDelivery('check_run', 'requested_action').body)
    expect(body).toMatchObject({
      requested_action: { identifier: 'approve' },
      check_run: { id: data.id, external_id: 'pull 1', head_sha: pull.pull.headSha },
      repository: { id: repository.id },
      sender: { login: 'bob' },
    })
  })
})
