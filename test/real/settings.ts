// What has to be set to run the contract against a real account. Credentials are found as Hallpass finds them.
export type Suite = 'aws' | 'gcp' | 'azure' | 'identity-center'
export type Environment = Readonly<Record<string, string | undefined>>

interface Setting {
  readonly name: string
  readonly what: string
  /** What it is when it is left out. */
  readonly usual?: string
}

/** The order is that of the values that `settingsOf` returns. */
export const settings = {
  aws: [
    { name: 'HALLPASS_REAL_AWS_ACCOUNT', what: 'the account, 12 digits' },
    { name: 'HALLPASS_REAL_AWS_USER', what: 'an IAM user, whose name begins with `hallpass-test`' },
  ],
  gcp: [
    { name: 'HALLPASS_REAL_GCP_PROJECT', what: 'a project, whose id contains `hallpass-test`' },
    { name: 'HALLPASS_REAL_GCP_MEMBER', what: 'who is given something: `user:…`' },
    {
      name: 'HALLPASS_REAL_GCP_ROLE',
      what: 'what is given',
      usual: 'roles/browser',
    },
  ],
  azure: [
    {
      name: 'HALLPASS_REAL_AZURE_SCOPE',
      what: 'a resource group, whose name contains `hallpass-test`',
    },
    {
      name: 'HALLPASS_REAL_AZURE_OBJECT_IDS',
      what: 'object ids of three users, with commas between: two are given something, the third is the bystander',
    },
    {
      name: 'HALLPASS_REAL_AZURE_MODES',
      what: '`assignment` alone where the tenant has no licence for PIM',
      usual: 'pim,assignment',
    },
  ],
  'identity-center': [
    {
      name: 'HALLPASS_REAL_IDENTITY_CENTER_REGION',
      what: 'where Identity Center is',
    },
    {
      name: 'HALLPASS_REAL_IDENTITY_CENTER_PERMISSION_SET',
      what: 'the ARN of a permission set, whose name begins with `hallpass-test`',
    },
    {
      name: 'HALLPASS_REAL_IDENTITY_CENTER_ACCOUNT',
      what: 'the account it is assigned in, 12 digits',
    },
    {
      name: 'HALLPASS_REAL_IDENTITY_CENTER_USERS',
      what: 'two user names that begin with `hallpass-test`, with a comma between: one is given something, the other is the bystander',
    },
  ],
} as const satisfies Record<Suite, readonly Setting[]>

export const suites = Object.keys(settings) as Suite[]

const needed = (suite: Suite): readonly string[] =>
  settings[suite].flatMap((it: Setting) => (it.usual === undefined ? [it.name] : []))

/** Whether anything is set for it, so that it is meant to run. */
const isMeant = (suite: Suite, environment: Environment): boolean =>
  settings[suite].some(({ name }) => environment[name])

/** In the table's order. Throws when one is missing. */
export function settingsOf(suite: Suite, environment: Environment): readonly string[] {
  const missing = needed(suite).filter((name) => !environment[name])
  if (missing.length > 0) throw new Error(`To run ${suite}, set ${missing.join(', ')} too`)
  return settings[suite].map((it: Setting) => environment[it.name] || (it.usual ?? ''))
}

/** Its parts, without what is empty. */
export const listOf = (value: string): readonly string[] =>
  value
    .split(',')
    .map((it) => it.trim())
    .filter((it) => it !== '')

/** The files that a run has, for vitest. Throws on CI, which must never write to an account, and where none is named. */
export function filesFor(environment: Environment): string[] {
  if (environment['CI'])
    throw new Error('These tests write to real accounts: they do not run with CI set')
  const meant = suites.filter((suite) => isMeant(suite, environment))
  if (meant.length === 0)
    throw new Error(
      `No real account is named (docs/clouds/real-accounts.md).\n${leftOut(environment).join('\n')}`,
    )
  return meant.map((suite) => `test/real/${suite}.test.ts`)
}

/** A line for each cloud that this run says nothing about. */
export const leftOut = (environment: Environment): readonly string[] =>
  suites
    .filter((suite) => !isMeant(suite, environment))
    .map((suite) => `left out: ${suite} (set ${needed(suite).join(', ')})`)
