// The organization's documents that journeys are played under.
import { account, logGroup } from '../../sandbox/scene.ts'

export const logsRole = 'orders-logs-read'
const assumedRole = 'orders-db-read'
export const assumedRoleArn = `arn:aws:iam::${account}:role/orders-read`

/** The scene's repository, and those that tests add under such an id. */
export const enrolledIds: readonly number[] = Array.from({ length: 60 }, (_, n) => 7001 + n)
const enrolled = JSON.stringify(enrolledIds)

const identity = (github: number, user: string) =>
  `  - { github: ${github}, aws: [{ account: '${account}', user: ${user} }] }\n`

/** The scene's reviewers, and those that `newcomer` adds. */
export const peopleKnown = `
identities:
${identity(583231, 'octocat')}${identity(1002, 'mona')}${[1, 2, 3, 4, 5, 6, 7, 8, 9]
  .map((n) => identity(2000 + n, `reviewer-${n}`))
  .join('')}`

/** Permissions inside the date window (mode B), for one hour unless given. */
export const logsPolicy = ({
  lease = '1h',
  eligible = '[team:backend]',
  more = '',
} = {}) => `version: 1
enrolled: ${enrolled}
roles:
  ${logsRole}:
    description: Read the logs of the orders service
    bindings:
      - aws:
          account: '${account}'
          allow:
            - { actions: [logs:FilterLogEvents], resources: ['${logGroup}'] }
    repositories: [shop-*]
    eligible: ${eligible}
    lease: { default: ${lease}, max: 4h }
    approval: none
    ${more}
rules:
  - name: reviewers see the logs
    when: { review_requested: {} }
    give: ${logsRole}
${peopleKnown}`

/** A role to assume (mode A), for one hour and an hour of sessions. */
export const assumePolicy = () => `version: 1
enrolled: ${enrolled}
roles:
  ${assumedRole}:
    description: Read the orders database
    bindings:
      - aws: { account: '${account}', assume: '${assumedRoleArn}' }
    repositories: [shop-*]
    eligible: [team:backend]
    lease: { default: 1h, max: 4h }
    residual: 1h
    approval: none
# More than an IAM user has room for.
limits: { person: { at_once: 20, daily: 240h } }
rules:
  - name: reviewers read the database
    when: { review_requested: {} }
    give: ${assumedRole}
${peopleKnown}`
