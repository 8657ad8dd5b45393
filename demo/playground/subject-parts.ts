// What surrounds the conversation: which subjects there are, this one's title and state, who is asked, its labels.
import type { Issue } from '../../sandbox/github/index.ts'
import type { Stage } from '../stage.ts'
import { avatar, html, type Html } from './markup.ts'
import { isPull, stateOf, subjectsOf } from './subject.ts'

export function subjects(stage: Stage, current: Issue): Html {
  return html`<ul class="subjects">
    ${subjectsOf(stage).map(
      (on) =>
        html`<li>
          <a href="/${on.number}" ${on === current ? html`aria-current="page"` : ''}
            ><span class="dot state-${stateOf(on)}" aria-hidden="true"></span
            ><span
              ><span class="unseen">${isPull(on) ? 'Pull request' : 'Issue'} </span
              >#${on.number}</span
            >
            <span>${on.title}</span></a
          >
        </li>`,
    )}
  </ul>`
}

export function head({ scene: { github } }: Stage, on: Issue): Html {
  const { world } = github
  const author = world.accountOrGhost(on.authorId).login
  const state = stateOf(on)
  return html`<h1>${on.title} <span class="muted">#${on.number}</span></h1>
    <p>
      <span class="state state-${state}">${state}</span>
      <strong>${author}</strong>
      ${
        isPull(on)
          ? html`${intents[state] ?? 'wants to merge'} <code>${on.pull.headRef}</code> at
              <code>${on.pull.headSha.slice(0, 7)}</code> into <code>${on.pull.baseRef}</code>`
          : html`opened this issue`
      }
      in ${world.fullName(world.repositoryOf(on))}
    </p>`
}

const intents: Readonly<Record<string, string>> = { merged: 'merged', closed: 'wanted to merge' }

export function reviewersOf({ scene: { github } }: Stage, on: Issue): Html {
  if (!isPull(on)) return html``
  const { world } = github
  const people = on.pull.reviewers.map((id) => person(world.accountOrGhost(id).login))
  const teams = on.pull.teams.map((id) => person(`team ${world.teams.get(id)?.name ?? ''}`))
  return list([...people, ...teams], 'Nobody is asked.')
}

export function assignees({ scene: { github } }: Stage, on: Issue): Html {
  const people = on.assignees.map((id) => person(github.world.accountOrGhost(id).login))
  return list(people, 'Nobody is assigned.')
}

export const labelsOn = (on: Issue): Html =>
  list(
    on.labels.map(({ name }) => html`<span class="label">${name}</span>`),
    'None yet.',
  )

const person = (login: string): Html => html`${avatar(login.replace('team ', ''))} ${login}`

const list = (items: readonly Html[], none: string): Html =>
  items.length === 0
    ? html`<p class="muted">${none}</p>`
    : html`<ul class="plain">
        ${items.map((item) => html`<li>${item}</li>`)}
      </ul>`
