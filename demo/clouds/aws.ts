import { account, logGroup, type Scene } from '../../sandbox/scene.ts'
import { instant, readLogs, type Ability, type DemoCloud, type Users } from './types.ts'

const table = `arn:aws:dynamodb:eu-central-1:${account}:table/orders`

export function inAws({ aws }: Scene, users: Users): DemoCloud {
  const ability = (name: string, action: string, resource: string): Ability => ({
    name,
    action,
    mayDo(login, at) {
      const user = users.get(login)
      return user !== undefined && aws.mayCall({ user, action, resource, ...instant(at) }).allowed
    },
  })
  return {
    name: 'aws',
    title: 'AWS',
    abilities: [
      ability(readLogs, 'logs:FilterLogEvents', logGroup),
      ability('Repair orders', 'dynamodb:UpdateItem', table),
    ],
    standing: () =>
      [...users].flatMap(([whose, user]) =>
        aws.policiesOf(user).map(({ name, document }) => ({
          name,
          whose,
          ends: /"DateLessThan":\{"aws:CurrentTime":"([^"]+)"/.exec(document)?.[1],
          stored: JSON.parse(document) as unknown,
        })),
      ),
    waitFor: (predicate) => aws.waitFor(predicate),
  }
}
