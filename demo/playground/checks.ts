// The check runs of a pull request's head, with their buttons, as in the box at the end of a pull request.
import type { Check, Issue } from '../../sandbox/github/index.ts'
import type { Stage } from '../stage.ts'
import { html, icon, type Html, type Icon } from './markup.ts'
import { renderMarkdown } from './render-markdown.ts'
import { isPull } from './subject.ts'

export function checks({ scene: { github } }: Stage, on: Issue): Html {
  if (!isPull(on)) return html``
  const newest = new Map(github.checks(on.pull.headSha).map((check) => [check.name, check]))
  const shown = [...newest.values()].toSorted((a, b) => a.name.localeCompare(b.name))
  return html`<h2>Checks</h2>
    ${
      shown.length === 0
        ? html`<p class="muted">None yet: nobody asked for access here.</p>`
        : html`<ul class="checks">
            ${shown.map(line)}
          </ul>`
    }`
}

const line = (check: Check): Html =>
  html`<li>
    <div class="check">
      ${icon(iconOf(check))}
      <div>
        <strong>${check.name}</strong>
        <span class="muted">${(check.conclusion ?? check.status).replace('_', ' ')}</span>
        <p>${check.title ?? ''}</p>
      </div>
      <div class="buttons">
        ${check.status === 'completed' ? check.actions.map(button(check)) : ''}
      </div>
    </div>
    <details>
      <summary>Details<span class="unseen"> of ${check.name}</span></summary>
      <div class="markdown">
        ${renderMarkdown(check.summary ?? '')}${renderMarkdown(check.text ?? '')}
      </div>
      ${annotations(check)}
    </details>
  </li>`

/** It belongs to the page's one form, which says who presses it. */
const button =
  (check: Check) =>
  ({ identifier, label, description }: Check['actions'][number]): Html =>
    html`<button
      form="act"
      formaction="/act/press"
      name="button"
      value="${check.id} ${identifier}"
      id="press-${check.id}-${identifier}"
      title="${description}"
    >
      ${label}<span class="unseen"> on ${check.name}</span>
    </button>`

function annotations({ annotations }: Check): Html {
  if (annotations.length === 0) return html``
  const items = annotations.map(
    (one) =>
      html`<li>
        <code>${one.path}:${one.start_line}</code> ${one.annotation_level ?? ''}:
        ${one.message ?? ''}
      </li>`,
  )
  return html`<ul class="annotations">
    ${items}
  </ul>`
}

function iconOf({ status, conclusion }: Check): Icon {
  if (status !== 'completed') return 'run'
  if (conclusion === 'success') return 'yes'
  if (conclusion === 'failure') return 'no'
  return conclusion === 'action_required' ? 'wait' : 'some'
}
