// What a visitor does. All belongs to one form, so that whoever they are goes along with each button.
import type { Issue } from '../../sandbox/github/index.ts'
import type { Stage } from '../stage.ts'
import { castOf, labels, reviewers, suggestions } from './cast.ts'
import { avatar, html, type Html } from './markup.ts'
import type { PartId } from './parts.ts'
import { isPull, stateOf } from './subject.ts'

export const identities = (stage: Stage): Html =>
  html`<fieldset class="identities">
    <legend>You are</legend>
    ${castOf(stage).map(
      ({ account: { login }, about }, index) =>
        html`<label
          ><input
            type="radio"
            name="as"
            value="${login}"
            ${index === 0 ? 'checked' : ''}
          />${avatar(login)}<span>${login}<small>${about}</small></span></label
        >`,
    )}
  </fieldset>`

/** `more` is only heard: what stands around the button shows it to those who see. */
const button = (act: string, label: string, more = '', kind = ''): Html =>
  html`<button form="act" formaction="/act/${act}" class="${kind}">
    ${label}${more === '' ? '' : html`<span class="unseen">${more}</span>`}
  </button>`

const close = button('close', 'Close')
const reopen = button('reopen', 'Reopen')
const pullButtons = html`${button('approve', 'Approve changes')}
${button('request-changes', 'Ask for changes')} ${button('push', 'Push a commit')}
${button('merge', 'Merge')} ${close}`

const movesIn: Readonly<Record<string, Html>> = { closed: reopen, merged: html`` }

/** What its state allows. */
export const moves = (on: Issue): Html =>
  html`<div class="buttons">${movesIn[stateOf(on)] ?? (isPull(on) ? pullButtons : close)}</div>`

export const composer = (on: Issue, part: (id: PartId) => Html): Html =>
  html`<section class="composer" aria-labelledby="composer-title">
    <h2 id="composer-title">Add a comment</h2>
    <label class="unseen" for="body">Comment, in Markdown</label>
    <textarea id="body" form="act" name="body" rows="3" placeholder="/access help"></textarea>
    <ul class="suggestions" aria-label="Commands to try">
      ${suggestions.map(
        (command) =>
          html`<li><button type="button" data-command="${command}">${command}</button></li>`,
      )}
    </ul>
    <div class="buttons">${button('comment', 'Comment', '', 'primary')}</div>
    ${part('moves')}
  </section>`

export const controls = (on: Issue, part: (id: PartId) => Html): Html =>
  html`<div class="controls">
    ${
      isPull(on)
        ? choice('Reviewers', part('reviewers'), 'reviewer', reviewers, [
            button('request-review', 'Request', ' review'),
            button('remove-request', 'Take back', ' review request'),
          ])
        : ''
    }
    ${choice('Assignees', part('assignees'), 'assignee', assignable, [
      button('assign', 'Assign'),
      button('unassign', 'Unassign'),
    ])}
    ${choice('Labels', part('labels'), 'label', labels, [
      button('label', 'Add', ' label'),
      button('unlabel', 'Remove', ' label'),
    ])}
  </div>`

const assignable = ['alice', 'octocat', 'mona', 'sam'] as const

const choice = (
  title: string,
  state: Html,
  name: string,
  options: readonly string[],
  buttons: readonly Html[],
): Html =>
  html`<section aria-labelledby="${name}-title">
    <h2 id="${name}-title">${title}</h2>
    ${state}
    <label class="unseen" for="${name}">Choose of: ${title.toLowerCase()}</label>
    <select id="${name}" form="act" name="${name}">
      ${options.map((option) => html`<option>${option}</option>`)}
    </select>
    <div class="buttons">${buttons}</div>
  </section>`
