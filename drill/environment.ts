// What Hallpass as a child process is told: where the scene's services are, and whose credentials it has there.
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import type { ManagedIdentity } from '../sandbox/azure/managed-identity.ts'
import type { SceneClouds } from '../sandbox/scene-clouds.ts'
import { webhookSecret, type Scene } from '../sandbox/scene.ts'
import type { StoreConfig } from '../src/config.ts'
import type { ChildOptions } from './child.ts'

type Settings = Readonly<Record<string, string>>

/** Compiled code is kept from child to child: most of a start is compiling. */
const compileCache = join(tmpdir(), `hallpass-test-compiled-${userInfo().uid}`)

/** Where the simulated GitHub and AWS are, and whom Hallpass is there. */
export interface Place {
  readonly github: { readonly url: string; readonly appId: number; readonly privateKey: string }
  readonly aws: {
    readonly url: string
    readonly accessKeyId: string
    readonly secretAccessKey: string
  }
  readonly accountId: number
  readonly webhookSecret: string
}

/** All that a start needs of them. Nothing limits how fast this GitHub is written to. */
export const settingsAt = (
  { github, aws, accountId, webhookSecret: secret }: Place,
  policyFile: string,
): Settings => ({
  APP_ID: String(github.appId),
  PRIVATE_KEY: github.privateKey,
  WEBHOOK_SECRET: secret,
  HALLPASS_ACCOUNTS: String(accountId),
  GITHUB_API_URL: github.url,
  HALLPASS_GITHUB_THROTTLE: 'off',
  HALLPASS_POLICY_FILE: policyFile,
  AWS_ENDPOINT_URL: aws.url,
  AWS_ACCESS_KEY_ID: aws.accessKeyId,
  AWS_SECRET_ACCESS_KEY: aws.secretAccessKey,
})

export const settingsOf = (
  { github, aws, credentials, organization }: Scene,
  policyFile: string,
): Settings =>
  settingsAt(
    { github, aws: { url: aws.url, ...credentials }, accountId: organization.id, webhookSecret },
    policyFile,
  )

/** Where the ledger is kept, and the queue. */
export const storeSettings = (store: StoreConfig): Settings =>
  store.kind === 'embedded'
    ? { HALLPASS_DATA_DIR: store.directory }
    : {
        DATABASE_URL: store.databaseUrl,
        ...(store.redisUrl === undefined ? {} : { REDIS_URL: store.redisUrl }),
      }

/** NB: nothing of this process's own environment but where programs are. */
export function environmentOf(options: ChildOptions): NodeJS.ProcessEnv {
  const { scene, policyFile, store, port, azureIdentity } = options
  return {
    PATH: process.env['PATH'],
    NODE_COMPILE_CACHE: compileCache,
    ...settingsOf(scene, policyFile),
    HALLPASS_AWS_LAG_MS: '200',
    ...(scene.clouds === undefined ? {} : furtherClouds(scene.clouds, azureIdentity)),
    PORT: String(port),
    ...store,
  }
}

/** The AWS credentials serve Identity Center too: whoever makes the scene gives them what that takes. */
const furtherClouds = (
  { gcp, azure }: SceneClouds,
  identity: ManagedIdentity | undefined,
): Settings => ({
  HALLPASS_IDENTITY_CENTER_REGION: 'eu-central-1',
  HALLPASS_GCP: 'on',
  HALLPASS_GCP_ENDPOINT: `${gcp.apiEndpoint}:${gcp.port}`,
  HALLPASS_AZURE: 'on',
  HALLPASS_AZURE_ENDPOINT: azure.url,
  ...(identity === undefined
    ? {}
    : { IDENTITY_ENDPOINT: identity.url, IDENTITY_HEADER: identity.header }),
})
