// The conversation, as GitHub shows it.
import type { Comment, Issue, ReactionContent } from '../../sandbox/github/index.ts'
import type { Stage } from '../stage.ts'
import { happeningsOf, type Happening } from './happenings.ts'
import { avatar, html, time, type Html } from './markup.ts'
import { renderMarkdown } from './render-markdown.ts'

export function conversation(stage: Stage, on: Issue): Html {
  const { world } = stage.scene.github
  const author = world.accountOrGhost(on.authorId).login
  const opening = {
    login: author,
    at: on.createdAt,
    body: on.body ?? '*No description provided.*',
    edited: false,
    reactions: html``,
  }
  const rest = happeningsOf(stage, on).map((it) =>
    it.kind === 'comment' ? commentBox(stage, it.comment) : actLine(it),
  )
  return html`<ol class="conversation">
    ${box(opening)} ${rest}
  </ol>`
}

function commentBox({ scene: { github } }: Stage, comment: Comment): Html {
  const { login } = github.world.accountOrGhost(comment.userId)
  return box({
    login,
    at: comment.createdAt,
    body: comment.body,
    edited: comment.updatedAt > comment.createdAt,
    reactions: reactions(comment),
  })
}

interface Box {
  readonly login: string
  readonly at: number
  readonly body: string
  readonly edited: boolean
  readonly reactions: Html
}

const box = ({ login, at, body, edited, reactions }: Box): Html => {
  const isApp = login.endsWith('[bot]')
  const name = isApp ? login.slice(0, -'[bot]'.length) : login
  return html`<li class="comment ${isApp ? 'by-app' : ''}">
    ${avatar(name)}
    <article aria-label="Comment by ${name}">
      <header>
        <strong>${name}</strong>${isApp ? html` <span class="tag">bot</span>` : ''}
        <span class="muted">${time(at)}${edited ? ' · edited' : ''}</span>
      </header>
      <div class="markdown">${renderMarkdown(body)}</div>
      ${reactions}
    </article>
  </li>`
}

type Act = Extract<Happening, { kind: 'act' }>

const actLine = ({ by, text, about, body, at }: Act): Html =>
  html`<li class="act">
    ${avatar(by)}
    <div>
      <strong>${by}</strong> ${text}
      ${about === '' ? '' : html`<span class="about">${about}</span>`}
      ${at === undefined ? '' : html`<span class="muted">${time(at)}</span>`}
      ${body === '' ? '' : html`<div class="markdown">${renderMarkdown(body)}</div>`}
    </div>
  </li>`

const faces: Readonly<Record<ReactionContent, string>> = {
  '+1': '👍',
  '-1': '👎',
  laugh: '😄',
  confused: '😕',
  heart: '❤️',
  hooray: '🎉',
  rocket: '🚀',
  eyes: '👀',
}

function reactions({ reactions }: Comment): Html {
  if (reactions.length === 0) return html``
  const given = reactions.map(
    ({ content }) => html`<li role="img" aria-label="${content}">${faces[content]}</li>`,
  )
  return html`<ul class="reactions" aria-label="Reactions">
    ${given}
  </ul>`
}
