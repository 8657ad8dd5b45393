import { startAws } from '../../sandbox/aws/index.ts'
import type { UserRef } from '../../sandbox/aws/entities.ts'
import type { Holding, Removal, Size, Twin } from './twin.ts'

const account = '111122223333'
const isOurs = (name: string | undefined) => name?.startsWith('hallpass-') === true

/** A lane is an IAM user, whose inline policies hold so many grants and no more. */
export async function awsTwin({ lanes, perLane, callMs }: Size): Promise<Twin> {
  const aws = await startAws()
  aws.addAccount(account)
  const { arn: roleArn } = aws.addRole({ account, name: 'logs', trustAccountRoot: true })
  const users = Array.from({ length: lanes }, (_, n) => aws.addUser({ account, name: `dev-${n}` }))
  const credentials = aws.appCredentials(account)
  aws.slow(callMs)
  return {
    connection: {
      url: aws.url,
      accessKeyId: credentials.accessKeyId,
      secretAccessKey: credentials.secretAccessKey,
    },
    holdings: users.flatMap(({ userId }, n) =>
      Array.from({ length: perLane }, () => holdingOf(`dev-${n}`, userId, roleArn)),
    ),
    standing: () => users.reduce((sum, user) => sum + policiesOf(user).length, 0),
    removals: () =>
      aws.history.flatMap(({ operation, policy, at }): readonly Removal[] =>
        operation === 'DeleteUserPolicy' && policy !== undefined ? [{ name: policy, at }] : [],
      ),
    callsSince: (since) => aws.calls.filter(({ at }) => at >= since).length,
    foreignTouched: () =>
      aws.history.filter(({ by, policy }) => by === 'api' && !isOurs(policy)).length,
    close: () => aws.close(),
  }

  function policiesOf(user: UserRef) {
    return aws.policiesOf(user).filter(({ name }) => isOurs(name))
  }
}

const holdingOf = (userName: string, userId: string, roleArn: string): Holding => ({
  role: { cloud: 'aws', mode: 'assume-role', account, roleArn },
  principal: { cloud: 'aws', account, userName, userId },
})
