import { afterEach, expect, test } from 'vitest'
import type { SandboxGitHub } from '../../sandbox/github/index.ts'
import { failure, scene, tokenClient } from './github-clients.ts'

const open: SandboxGitHub[] = []
afterEach(async () => {
  for (const github of open.splice(0)) await github.close()
})
const minuteMs = 60_000

async function begin(contentLimits?: true) {
  let now = Date.UTC(2030, 0, 1)
  const begun = await scene({ now: () => now, ...(contentLimits && { contentLimits }) })
  open.push(begun.github)
  const { github, installation, at } = begun
  const octokit = await tokenClient(github, installation.id)
  /** The status of one more comment, and after how many seconds to try again. */
  const write = async (client = octokit, place = at) => {
    const written = client.rest.issues.createComment({ ...place, issue_number: 1, body: 'x' })
    const ok = await written.then(
      () => true,
      () => false,
    )
    if (ok) return { status: 201 }
    const { status, headers } = await failure(written)
    return { status, wait: headers['retry-after'] }
  }
  const writeAll = async (count: number) => {
    const statuses = new Set<number>()
    for (let n = 0; n < count; n += 1) statuses.add((await write()).status)
    return [...statuses]
  }
  const wait = (ms: number) => {
    now += ms
  }
  return { ...begun, octokit, write, writeAll, wait }
}

test('eighty writes fit into a minute, and the next one is told how long to wait', async () => {
  const { octokit, at, pull, write, writeAll, wait } = await begin(true)
  expect(await writeAll(79)).toEqual([201])
  wait(20_000)
  expect((await write()).status).toBe(201)
  expect(await write()).toEqual({ status: 403, wait: '40' })
  expect((await octokit.rest.issues.get({ ...at, issue_number: 1 })).status).toBe(200)
  expect(pull.comments).toHaveLength(80)
  wait(39_999)
  expect(await write()).toEqual({ status: 403, wait: '1' })
  wait(1)
  expect((await write()).status).toBe(201)
})

test('every kind of write counts, deleting does not, and what is refused does not either', async () => {
  const { octokit, at, pull, write, writeAll } = await begin(true)
  expect(await writeAll(76)).toEqual([201])
  const issue = { ...at, issue_number: 1 }
  const { data } = await octokit.rest.issues.createComment({ ...issue, body: 'x' })
  await octokit.rest.issues.updateComment({ ...at, comment_id: data.id, body: 'y' })
  await octokit.rest.reactions.createForIssue({ ...issue, content: 'eyes' })
  await octokit.rest.issues.deleteComment({ ...at, comment_id: data.id })
  await octokit.rest.checks.create({ ...at, name: 'x', head_sha: pull.pull.headSha })
  const { message } = await failure(octokit.rest.issues.create({ ...at, title: 'x' }))
  expect(message).toContain('exceeded a secondary rate limit')
  expect((await write()).wait).toBe('60')
})

test('five hundred writes fit into an hour', async () => {
  const { write, writeAll, wait } = await begin(true)
  for (let n = 0; n < 10; n += 1) {
    expect(await writeAll(50)).toEqual([201])
    wait(minuteMs)
  }
  expect(await write()).toEqual({ status: 403, wait: String(50 * 60) })
  wait(50 * minuteMs)
  expect((await write()).status).toBe(201)
})

test('each installation has its own', async () => {
  const { github, ada, write, writeAll } = await begin(true)
  expect(await writeAll(80)).toEqual([201])
  const own = github.addRepository(ada, 'diary')
  github.openIssue(own, { author: ada })
  const theirs = await tokenClient(github, github.install(ada).id)
  expect((await write(theirs, { owner: 'ada', repo: 'diary' })).status).toBe(201)
  expect((await write()).status).toBe(403)
})

test('nothing is counted unless it is asked for', async () => {
  const { writeAll } = await begin()
  expect(await writeAll(81)).toEqual([201])
})
