// What GitHub shows of a subject's history, in order: read from the very webhooks that told the app of it.
import type { Comment, Delivery, Issue } from '../../sandbox/github/index.ts'
import type { Stage } from '../stage.ts'
import { isPull } from './subject.ts'

export type Happening =
  | { readonly kind: 'comment'; readonly comment: Comment }
  | {
      readonly kind: 'act'
      readonly by: string
      /** Goes on after the name. */
      readonly text: string
      /** What the act is about, set off from the text. */
      readonly about: string
      /** What was written along with it, in Markdown. */
      readonly body: string
      readonly at: number | undefined
    }

export function happeningsOf({ scene: { github } }: Stage, on: Issue): readonly Happening[] {
  return github.deliveries.flatMap((delivery) => {
    const told = toldOf(delivery)
    if (told === undefined || !isAbout(told, on)) return []
    if (delivery.event === 'issue_comment') return commentOf(delivery, told, on)
    const said = sentences[`${delivery.event}.${delivery.action}`]?.(told)
    if (said === undefined) return []
    const at = delivery.attempts[0]?.at
    return [{ kind: 'act', by: told.sender.login, about: '', body: '', at, ...said }]
  })
}

interface Named {
  readonly login?: string
  readonly name?: string
}

/** The parts of payloads that are read here. */
interface Told {
  readonly sender: { readonly login: string }
  readonly issue?: { readonly number: number }
  readonly pull_request?: { readonly number: number; readonly merged?: boolean }
  readonly comment?: { readonly id: number }
  readonly review?: { readonly state: string; readonly body: string | null }
  readonly requested_reviewer?: Named
  readonly requested_team?: Named
  readonly label?: Named
  readonly assignee?: Named
  readonly after?: string
  readonly check_run?: {
    readonly name: string
    readonly head_sha: string
    readonly id: number
  }
  readonly requested_action?: { readonly identifier: string }
}

/** Payloads are large, and looked at again with each change. */
const known = new WeakMap<Delivery, Told>()

function toldOf(delivery: Delivery): Told | undefined {
  if (delivery.event === 'push') return undefined
  const told = known.get(delivery) ?? (JSON.parse(delivery.body) as Told)
  known.set(delivery, told)
  return told
}

function isAbout({ issue, pull_request, check_run }: Told, on: Issue): boolean {
  const number = issue?.number ?? pull_request?.number
  if (number !== undefined) return number === on.number
  return isPull(on) && check_run?.head_sha === on.pull.headSha
}

function commentOf({ action }: Delivery, { comment }: Told, on: Issue): readonly Happening[] {
  const there = on.comments.find(({ id }) => id === comment?.id)
  return action === 'created' && there !== undefined ? [{ kind: 'comment', comment: there }] : []
}

type Said = { readonly text: string; readonly about?: string; readonly body?: string }

const requested = ({ requested_reviewer, requested_team }: Told): string =>
  requested_reviewer?.login ?? `team ${requested_team?.name ?? ''}`

const ofEither = {
  labeled: ({ label }: Told): Said => ({ text: 'added the label', about: label?.name ?? '' }),
  unlabeled: ({ label }: Told): Said => ({ text: 'removed the label', about: label?.name ?? '' }),
  assigned: ({ assignee }: Told): Said => ({ text: 'assigned', about: assignee?.login ?? '' }),
  unassigned: ({ assignee }: Told): Said => ({ text: 'unassigned', about: assignee?.login ?? '' }),
  reopened: (): Said => ({ text: 'reopened this' }),
}

const both = (event: string): Readonly<Record<string, (told: Told) => Said>> =>
  Object.fromEntries(Object.entries(ofEither).map(([action, say]) => [`${event}.${action}`, say]))

const verdicts: Readonly<Record<string, string>> = {
  approved: 'approved these changes',
  changes_requested: 'asked for changes',
}

const sentences: Readonly<Record<string, (told: Told) => Said>> = {
  ...both('pull_request'),
  ...both('issues'),
  'issues.closed': () => ({ text: 'closed this' }),
  'pull_request.closed': ({ pull_request }) => ({
    text: pull_request?.merged === true ? 'merged this' : 'closed this',
  }),
  'pull_request.review_requested': (told) => ({
    text: 'asked for a review from',
    about: requested(told),
  }),
  'pull_request.review_request_removed': (told) => ({
    text: 'took back the review request of',
    about: requested(told),
  }),
  'pull_request.synchronize': ({ after }) => ({
    text: 'pushed commit',
    about: (after ?? '').slice(0, 7),
  }),
  'pull_request_review.submitted': ({ review }) => ({
    text: verdicts[review?.state ?? ''] ?? 'reviewed',
    body: review?.body ?? '',
  }),
  'check_run.requested_action': ({ requested_action, check_run }) => ({
    text: `pressed ${requested_action?.identifier ?? ''} on`,
    about: check_run?.name ?? '',
  }),
}
