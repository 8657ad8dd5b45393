// The clients that the simulated GitHub is tested with: Probot's own Octokit and the plain one, and a webhook receiver.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Octokit } from '@octokit/rest'
import { verify } from '@octokit/webhooks-methods'
import { pino } from 'pino'
import { Probot, ProbotOctokit } from 'probot'
import { generatePrivateKey } from '../../sandbox/github/authentication.ts'
import { startGitHub, type GitHubOptions, type SandboxGitHub } from '../../sandbox/github/index.ts'

export const secret = 'a webhook secret'
/** One for all: making one takes longer than most tests. */
const privateKey = generatePrivateKey()
const silent = pino({ level: 'silent' })

export function probotOf(github: SandboxGitHub, privateKey = github.privateKey, prefix = '') {
  return new Probot({
    appId: github.appId,
    privateKey,
    secret,
    log: silent,
    baseUrl: github.url + prefix,
    Octokit: ProbotOctokit.defaults((options: object) => ({
      ...options,
      retry: { enabled: false },
      throttle: { enabled: false },
    })),
  })
}

const quiet = { debug() {}, info() {}, warn() {}, error() {} }
/** The plain Octokit with a token of the installation, narrowed where asked. */
export async function tokenClient(
  github: SandboxGitHub,
  installationId: number,
  narrowing: { repository_ids?: number[]; permissions?: Record<string, 'read' | 'write'> } = {},
): Promise<Octokit> {
  const app = await probotOf(github).auth()
  const { data } = await app.rest.apps.createInstallationAccessToken({
    installation_id: installationId,
    ...narrowing,
  })
  return new Octokit({ auth: data.token, baseUrl: github.url, log: quiet })
}

export const plainClient = (github: SandboxGitHub, auth: string, prefix = '') =>
  new Octokit({ auth, baseUrl: github.url + prefix, log: quiet })

/** One organization with an author, a reviewer and a stranger, a private repository and an open pull request. */
export async function scene(options: Partial<GitHubOptions> = {}) {
  const github = await startGitHub({ webhookSecret: secret, privateKey, ...options })
  const ada = github.addUser('ada', { email: 'ada@example.com' })
  const bob = github.addUser('bob')
  const eve = github.addUser('eve')
  const org = github.addOrganization('shop', { members: [ada, bob], baseRole: 'none' })
  const repository = github.addRepository(org, 'orders', {
    files: { 'README.md': '# Orders\n', 'src/a.ts': 'one\ntwo\n' },
    roles: { ada: 'maintain', bob: 'write' },
  })
  const pull = github.openPullRequest(repository, {
    author: ada,
    title: 'Count twice',
    head: 'count',
    files: { 'src/a.ts': 'one\nthree\n' },
  })
  const installation = github.install(org)
  const octokit = await probotOf(github).auth(installation.id)
  const at = { owner: 'shop', repo: 'orders' }
  return { github, ada, bob, eve, org, repository, pull, installation, octokit, at }
}

export interface Received {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
  readonly verified: boolean
}

/** Checks each delivery's signature with GitHub's own library, and answers with `status`. */
export async function receiver() {
  const received: Received[] = []
  const state = { status: 202, answerOnce: Promise.resolve(), onReceived: () => {} }
  const receive = async (request: IncomingMessage, response: ServerResponse) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const body = Buffer.concat(parts).toString()
    const signature = String(request.headers['x-hub-signature-256'])
    const verified = await verify(secret, body, signature)
    received.push({ headers: request.headers, body, verified })
    state.onReceived()
    await state.answerOnce
    response.writeHead(state.status).end()
  }
  const server = createServer((request, response) => void receive(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = () => new Promise((resolve) => server.close(resolve).closeAllConnections())
  return { url: `http://127.0.0.1:${port}/hooks`, received, state, close }
}

export interface Failure {
  readonly status: number
  readonly message: string
  readonly headers: Readonly<Record<string, unknown>>
}

/** How a call that must fail was answered. */
export async function failure(call: Promise<unknown>): Promise<Failure> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof Error) || !('status' in error))
    throw new Error('the call did not fail', { cause: error })
  const answered = 'response' in error ? (error.response as Partial<Failure>) : {}
  return {
    status: Number(error.status),
    message: error.message,
    headers: answered.headers ?? {},
  }
}
