// What the simulated clouds themselves say: who may do what at this moment, what stands there, and how they are.
import type { Ability, DemoCloud, Standing } from '../clouds/types.ts'
import type { Stage } from '../stage.ts'
import { conditions, type Weather } from '../weather.ts'
import { html, icon, type Html } from './markup.ts'

const logins = ['alice', 'octocat', 'mona'] as const

export const cloud = ({ clouds, weather }: Stage): Html =>
  html`<table class="cloud">
      <thead>
        <tr>
          <th scope="col"><span class="unseen">Act</span></th>
          ${logins.map((login) => html`<th scope="col">${login}</th>`)}
        </tr>
      </thead>
      ${clouds.map((one) => rows(one, weather))}
    </table>
    ${standing(clouds)}`

const rows = (one: DemoCloud, weather: Weather): Html =>
  html`<tbody>
    <tr>
      <th scope="rowgroup" colspan="${logins.length + 1}">
        <div class="how">${one.title} ${choices(one, weather)}</div>
      </th>
    </tr>
    ${one.abilities.map(row)}
  </tbody>`

/** It belongs to the page's one form, as all that a visitor does. */
const choices = ({ name, title }: DemoCloud, weather: Weather): Html =>
  html`<div class="choices" role="group" aria-label="${title} is">
    ${conditions.map(
      (condition) =>
        html`<button
          form="act"
          formaction="/act/let"
          name="cloud"
          value="${name} ${condition}"
          id="let-${name}-${condition}"
          aria-pressed="${String(weather.of(name) === condition)}"
        >
          <span class="unseen">${title} is </span>${condition}
        </button>`,
    )}
  </div>`

const row = ({ name, action, mayDo }: Ability): Html =>
  html`<tr>
    <th scope="row">${name}<code>${breakable(action)}</code></th>
    ${logins.map((login) => answer(mayDo(login)))}
  </tr>`

const answer = (allowed: boolean): Html =>
  allowed
    ? html`<td class="allowed">${icon('yes')} allowed</td>`
    : html`<td class="denied">${icon('no')} denied</td>`

function standing(clouds: readonly DemoCloud[]): Html {
  const all = clouds.flatMap((one) => one.standing().map((it) => ({ title: one.title, ...it })))
  if (all.length === 0) return html`<p class="muted">Nothing stands in any cloud.</p>`
  return html`<ul class="policies">
    ${all.map(
      (it) =>
        html`<li>
          <details>
            <summary>${it.title}: <code>${it.name}</code> for ${it.whose}, ${ending(it)}</summary>
            <pre tabindex="0" aria-label="As it is stored">
${JSON.stringify(it.stored, null, 2)}</pre>
          </details>
        </li>`,
    )}
  </ul>`
}

const ending = ({ ends }: Standing): string =>
  ends === undefined ? 'without an end of its own' : `until ${ends.slice(11, 19)}`

/** May be broken where the cloud's own names divide. */
const breakable = (action: string): Html =>
  html`${action.split(/(?<=[:./])/).map((part) => html`${part}<wbr />`)}`
