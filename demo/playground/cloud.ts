// What the simulated AWS itself says: who may do what at this moment, and which policies stand on whom.
import type { UserRef } from '../../sandbox/aws/entities.ts'
import { account, logGroup } from '../../sandbox/scene.ts'
import type { Stage } from '../stage.ts'
import { html, icon, type Html } from './markup.ts'

const questions = [
  { name: 'Read logs', action: 'logs:FilterLogEvents', resource: logGroup },
  {
    name: 'Repair orders',
    action: 'dynamodb:UpdateItem',
    resource: `arn:aws:dynamodb:eu-central-1:${account}:table/orders`,
  },
] as const

export function cloud(stage: Stage): Html {
  const { scene, scenery } = stage
  const users = Object.entries({ ...scene.iam, alice: scenery.alice })
  return html`<table class="cloud">
      <thead>
        <tr>
          <th scope="col">IAM user</th>
          ${questions.map(
            ({ name, action }) =>
              html`<th scope="col">${name}<code>${breakable(action)}</code></th>`,
          )}
        </tr>
      </thead>
      <tbody>
        ${users.map(([login, user]) => row(stage, login, user))}
      </tbody>
    </table>
    ${standing(stage, users)}`
}

const row = ({ scene: { aws } }: Stage, login: string, user: UserRef): Html =>
  html`<tr>
    <th scope="row">${login}</th>
    ${questions.map(({ action, resource }) => answer(aws.mayCall({ user, action, resource }).allowed))}
  </tr>`

const answer = (allowed: boolean): Html =>
  allowed
    ? html`<td class="allowed">${icon('yes')} allowed</td>`
    : html`<td class="denied">${icon('no')} denied</td>`

function standing({ scene: { aws } }: Stage, users: readonly [string, UserRef][]): Html {
  const policies = users.flatMap(([login, user]) =>
    aws.policiesOf(user).map(({ name, document }) => ({ login, name, document })),
  )
  if (policies.length === 0) return html`<p class="muted">No policy stands on anybody.</p>`
  return html`<ul class="policies">
    ${policies.map(
      ({ login, name, document }) =>
        html`<li>
          <details>
            <summary><code>${name}</code> on ${login}</summary>
            <pre tabindex="0" aria-label="Policy document">${pretty(document)}</pre>
          </details>
        </li>`,
    )}
  </ul>`
}

/** May be broken after the service's name. */
const breakable = (action: string): Html => {
  const [service, verb] = action.split(':', 2)
  return html`${service}:<wbr />${verb}`
}

const pretty = (document: string): string => JSON.stringify(JSON.parse(document), null, 2)
