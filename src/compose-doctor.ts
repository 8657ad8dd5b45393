// What `hallpass doctor` looks at, each with the way to mend it.
import { createAws } from './adapters/aws/create-aws.ts'
import { createLog } from './adapters/log/create-log.ts'
import { askOwner } from './adapters/owner/owner.ts'
import { connectGitHub } from './compose.ts'
import { openStore } from './compose-store.ts'
import { readConfig, readStoreConfig, type Config, type Environment } from './config.ts'
import type { Examination } from './entrypoints/cli/doctor.ts'

const silent = createLog('silent')

export function examinations(environment: Environment): readonly Examination[] {
  const config = (): Config => readConfig(environment)
  return [
    {
      name: 'settings',
      look: async () => `${config().github.accounts.size} account(s) served`,
      mend: 'set what is named, in the environment or in .env (see .env.example)',
    },
    {
      name: 'store',
      look: () => lookAtStore(environment),
      mend: 'check DATABASE_URL and REDIS_URL, and that those servers are up and let this machine in',
    },
    {
      name: 'github',
      look: () => lookAtGitHub(config()),
      mend: "check APP_ID and PRIVATE_KEY, and the App's permissions and installations in GitHub's settings",
    },
    {
      name: 'aws',
      look: () => lookAtAws(config()),
      mend: 'give this process AWS credentials by any way the AWS SDK knows (a role, AWS_PROFILE, AWS_ACCESS_KEY_ID)',
    },
  ]
}

async function lookAtStore(environment: Environment): Promise<string> {
  const config = readStoreConfig(environment)
  if (config.kind === 'embedded') {
    const answer = await askOwner(config.directory, { method: 'GET', path: '/owner' })
    if (answer !== undefined) return `embedded in ${config.directory}, in use by a running Hallpass`
  }
  const store = await openStore(config, silent)
  try {
    await store.ping()
    await store.queue.ping()
    return `${store.description}, instance ${store.ledger.instance}`
  } finally {
    await store.close(2_000)
  }
}

/** What Hallpass needs of GitHub, as in app.yml. */
const permissions: Readonly<Record<string, 'read' | 'write'>> = {
  checks: 'write',
  contents: 'read',
  issues: 'write',
  members: 'read',
  metadata: 'read',
  pull_requests: 'write',
}

async function lookAtGitHub(config: Config): Promise<string> {
  const github = connectGitHub(config, silent)
  const app = await github.whoAmI()
  const lacking = Object.entries(permissions).filter(
    ([name, level]) => app.permissions[name] !== level && app.permissions[name] !== 'write',
  )
  if (lacking.length > 0)
    throw new Error(
      `The App ${app.slug} lacks ${lacking.map(([name, level]) => `${name}: ${level}`).join(', ')}.`,
    )
  const installations = await github.installations()
  const missing = [...config.github.accounts].filter(
    (id) => !installations.some(({ accountId, suspended }) => accountId === id && !suspended),
  )
  if (missing.length > 0)
    throw new Error(`The App ${app.slug} is not installed on account ${missing.join(', ')}.`)
  return `App ${app.slug}, installed on ${installations.map(({ account }) => account).join(', ')}`
}

async function lookAtAws({ aws }: Config): Promise<string> {
  const cloud = createAws({ instance: 'doctor', ...aws, log: silent })
  const { account, arn } = await cloud.whoAmI()
  return `${arn} in account ${account}`
}
