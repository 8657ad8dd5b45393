// The sample organization that the demo and the tests play in: its people, its repository, its AWS account, and its further clouds where they are asked for.
import { startAws, type Aws } from './aws/index.ts'
import { startGitHub, type SandboxGitHub } from './github/index.ts'
import type { SceneClouds } from './scene-clouds.ts'

export const account = '111122223333'
export const webhookSecret = 'a-secret-of-the-simulated-github'
export const logGroup = 'arn:aws:logs:eu-central-1:111122223333:log-group:/shop/orders:*'

export interface SceneOptions {
  /** All services' clock, in milliseconds since 1970. */
  readonly now?: () => number
  /** Repository files by path, on the default branch. */
  readonly files?: Readonly<Record<string, string>>
  /** GitHub's own limits on what creates content. Nothing is counted unless set. */
  readonly contentLimits?: true
  /** Google Cloud, Azure and Identity Center too. */
  readonly clouds?: true
}

export type Scene = Awaited<ReturnType<typeof startScene>>

/** alice writes; octocat and mona review (team backend); tom may only triage; renovate[bot] is a bot. */
export async function startScene(options: SceneOptions = {}) {
  const clock = options.now === undefined ? {} : { now: options.now }
  const [github, aws] = await Promise.all([
    startGitHub({
      ...clock,
      webhookSecret,
      ...(options.contentLimits === true ? { contentLimits: true } : {}),
    }),
    startAws({ ...clock }),
  ])
  const inAws = cloud(aws)
  const clouds = options.clouds === true ? await further(aws, clock) : undefined
  return {
    github,
    aws,
    ...(await people(github, options)),
    ...inAws,
    clouds,
    close: closer([github, aws, ...(clouds === undefined ? [] : [clouds])]),
  }
}

/** Loaded only where it is asked for: most of what plays here needs AWS alone. */
async function further(aws: Aws, clock: { readonly now?: () => number }): Promise<SceneClouds> {
  const { startClouds } = await import('./scene-clouds.ts')
  return startClouds({ ...clock, aws, account })
}

async function people(github: SandboxGitHub, { files = {} }: SceneOptions) {
  const alice = github.addUser('alice', { id: 1001 })
  const octocat = github.addUser('octocat', { id: 583231 })
  const mona = github.addUser('mona', { id: 1002 })
  const tom = github.addUser('tom', { id: 1003 })
  const renovate = github.addBot('renovate[bot]', { id: 1004 })
  const organization = github.addOrganization('acme', {
    id: 9001,
    baseRole: 'none',
    members: [alice, octocat, mona, tom],
  })
  const backend = github.addTeam(organization, 'backend', { members: [octocat, mona] })
  const repository = github.addRepository(organization, 'shop-orders', {
    id: 7001,
    files: { 'README.md': '# Orders\n', 'services/orders/main.ts': 'export {}\n', ...files },
    roles: {
      alice: 'write',
      octocat: 'write',
      mona: 'write',
      tom: 'triage',
      'renovate[bot]': 'write',
    },
  })
  const installation = github.install(organization, { id: 5001 })
  const pull = github.openPullRequest(repository, {
    author: alice,
    title: 'Round totals to cents',
    files: { 'services/orders/main.ts': 'export const cents = 100\n' },
  })
  return {
    organization,
    backend,
    repository,
    installation,
    pull,
    people: { alice, octocat, mona, tom, renovate },
  }
}

function cloud(aws: Aws) {
  aws.addAccount(account)
  const ordersRead = aws.addRole({
    account,
    name: 'orders-read',
    trustAccountRoot: true,
    maxSessionSeconds: 3600,
    policies: {
      read: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 'rds:Describe*', Resource: '*' }],
      },
    },
  })
  return {
    ordersRead,
    iam: {
      octocat: aws.addUser({ account, name: 'octocat' }),
      mona: aws.addUser({ account, name: 'mona' }),
    },
    credentials: aws.appCredentials(account),
  }
}

const closer = (services: readonly { close(): Promise<void> }[]) => async () => {
  await Promise.all(services.map((service) => service.close()))
}
