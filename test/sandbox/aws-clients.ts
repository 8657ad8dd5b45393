import { IAMClient } from '@aws-sdk/client-iam'
import { AssumeRoleCommand, STSClient, type AssumeRoleCommandInput } from '@aws-sdk/client-sts'
import type { Aws } from '../../sandbox/aws/index.ts'

export interface Keys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/** What signs with these keys, and tries once. */
export function clientsOf(aws: Aws, { accessKeyId, secretAccessKey, sessionToken }: Keys) {
  const config = {
    region: 'us-east-1',
    endpoint: aws.url,
    maxAttempts: 1,
    credentials: {
      accessKeyId,
      secretAccessKey,
      ...(sessionToken === undefined ? {} : { sessionToken }),
    },
  }
  return { iam: new IAMClient(config), sts: new STSClient(config) }
}

/** The keys of a role's session. */
export async function assume(sts: STSClient, input: AssumeRoleCommandInput): Promise<Keys> {
  const { Credentials: c } = await sts.send(new AssumeRoleCommand(input))
  if (!c?.AccessKeyId || !c.SecretAccessKey || !c.SessionToken) throw new Error('No credentials')
  return {
    accessKeyId: c.AccessKeyId,
    secretAccessKey: c.SecretAccessKey,
    sessionToken: c.SessionToken,
  }
}

export const failing = (Code: string, httpStatusCode: number) => ({
  Code,
  $metadata: { httpStatusCode },
})

export const policy = (...statements: object[]) => ({
  Version: '2012-10-17',
  Statement: statements,
})
export const allow = (
  Action: string | string[],
  Resource: string | string[] = '*',
  Condition?: object,
) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition ? { Condition } : {}),
})
export const deny = (Action: string, Resource: string, Condition: object) => ({
  ...allow(Action, Resource, Condition),
  Effect: 'Deny',
})
export const trusting = (AWS: string | string[], Condition?: object) =>
  policy({
    Effect: 'Allow',
    Principal: { AWS },
    Action: 'sts:AssumeRole',
    ...(Condition ? { Condition } : {}),
  })
export const text = (document: object) => JSON.stringify(document)
