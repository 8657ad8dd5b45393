// Credentials of a role in another account, fetched by the call that needs them first and kept while they last.
import type { STSClientConfig } from '@aws-sdk/client-sts'
import { CloudError } from '../../domain/errors.ts'
import { complete } from './calls/answers.ts'
import { toCloudError } from './errors.ts'
import { currentSignal, guarded } from './exchange.ts'

export interface AssumedRole {
  readonly roleArn: string
  /** What the role's trust policy asks for, so that nobody gets Hallpass to act for them. */
  readonly externalId?: string
  /** Names Hallpass in CloudTrail: 2 to 64 characters. */
  readonly sessionName: string
}

/** For a client's `credentials`: the SDK asks again shortly before they run out. `sts` is how to reach STS, and as whom. */
export function assuming(role: AssumedRole, sts: STSClientConfig) {
  let connecting: ReturnType<typeof connect> | undefined
  return async () => {
    const what = `AssumeRole for ${role.roleArn}`
    try {
      const { client, command } = await (connecting ??= connect(role, sts))
      const signal = currentSignal()
      const { Credentials: given } = await client.send(command, signal && { abortSignal: signal })
      return {
        accessKeyId: complete(given?.AccessKeyId, what),
        secretAccessKey: complete(given?.SecretAccessKey, what),
        sessionToken: complete(given?.SessionToken, what),
        expiration: complete(given?.Expiration, what),
      }
    } catch (error) {
      if (error instanceof CloudError) throw error
      throw toCloudError(error, what)
    }
  }
}

async function connect(role: AssumedRole, config: STSClientConfig) {
  const sts = await import('@aws-sdk/client-sts')
  const client = new sts.STSClient(config)
  client.middlewareStack.add((next) => (args) => guarded.leave(() => next(args)), guarded.at)
  const command = new sts.AssumeRoleCommand({
    RoleArn: role.roleArn,
    RoleSessionName: role.sessionName,
    ...(role.externalId === undefined ? {} : { ExternalId: role.externalId }),
  })
  return { client, command }
}
