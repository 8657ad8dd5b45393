// What a visitor does, as one of the people. GitHub's refusals are errors whose message is for the visitor.
import type { Account, Issue, PullRequest } from '../../sandbox/github/index.ts'
import type { Stage } from '../stage.ts'
import { conditions } from '../weather.ts'
import { castOf } from './cast.ts'
import { isPull, subjectOf } from './subject.ts'

/** A form's fields, by name. */
export type Fields = Readonly<Record<string, string>>

interface Act {
  readonly stage: Stage
  readonly by: Account
  readonly on: Issue
  readonly field: (name: string) => string
}

/** Returns a sentence that says what was done. */
type Doing = (act: Act) => string

export function perform(stage: Stage, name: string, fields: Fields): string {
  const doing = acts[name]
  if (doing === undefined) throw new Error(`There is no act ${name}.`)
  const by = personNamed(stage, fields['as'] ?? '')
  const on = subjectOf(stage, Number(fields['on']))
  if (on === undefined) throw new Error('That pull request or issue is gone.')
  return doing({ stage, by, on, field: (field) => fields[field] ?? '' })
}

const acts: Readonly<Record<string, Doing>> = {
  comment({ stage, by, on, field }) {
    const body = field('body')
    if (body.trim() === '') throw new Error('Write something first.')
    stage.scene.github.comment(on, by, body)
    return `${by.login} commented.`
  },
  'request-review'({ stage: { scene }, by, on, field }) {
    const name = field('reviewer')
    const of = name === 'team backend' ? scene.backend : name
    scene.github.requestReviews(pullOf(on), by, [of])
    return `${by.login} asked ${name} for a review.`
  },
  'remove-request'({ stage: { scene }, by, on, field }) {
    const name = field('reviewer')
    const of = name === 'team backend' ? scene.backend : name
    scene.github.removeReviewRequest(pullOf(on), by, of)
    return `${by.login} no longer asks ${name} for a review.`
  },
  approve: (act) => review(act, 'approved'),
  'request-changes': (act) => review(act, 'changes_requested'),
  label({ stage, by, on, field }) {
    stage.scene.github.addLabel(on, by, field('label'))
    return `${by.login} added the label ${field('label')}.`
  },
  unlabel({ stage, by, on, field }) {
    stage.scene.github.removeLabel(on, by, field('label'))
    return `${by.login} removed the label ${field('label')}.`
  },
  assign({ stage, by, on, field }) {
    stage.scene.github.assign(on, by, field('assignee'))
    return `${by.login} assigned ${field('assignee')}.`
  },
  unassign({ stage, by, on, field }) {
    stage.scene.github.unassign(on, by, field('assignee'))
    return `${by.login} unassigned ${field('assignee')}.`
  },
  press({ stage: { scene }, by, field }) {
    const [id, identifier = ''] = field('button').split(' ')
    const check = scene.github.world.checks.get(Number(id))
    if (check === undefined) throw new Error('That check run is gone.')
    scene.github.press(check, by, identifier)
    const { label = identifier } = check.actions.find((it) => it.identifier === identifier) ?? {}
    return `${by.login} pressed ${label} on ${check.name}.`
  },
  push({ stage: { scene }, by, on }) {
    const line = `export const edited = '${new Date().toISOString()}'\n`
    scene.github.push(pullOf(on), by, { 'services/orders/main.ts': line })
    return `${by.login} pushed a commit.`
  },
  let({ stage, field }) {
    const [name, condition] = field('cloud').split(' ')
    const cloud = stage.clouds.find((it) => it.name === name)
    const wanted = conditions.find((it) => it === condition)
    if (cloud === undefined || wanted === undefined) throw new Error('There is no such cloud.')
    stage.weather.set(cloud.name, wanted)
    const more = wanted === 'well' ? ' What waits for it is tried again within a minute.' : ''
    return `${cloud.title} is ${wanted} from now on.${more}`
  },
  close({ stage: { scene }, by, on }) {
    if (isPull(on)) scene.github.closePullRequest(on, by)
    else scene.github.closeIssue(on, by)
    return `${by.login} closed it.`
  },
  merge({ stage: { scene }, by, on }) {
    scene.github.closePullRequest(openPull(on), by, { merged: true })
    return `${by.login} merged it.`
  },
  reopen({ stage: { scene }, by, on }) {
    if (isPull(on)) scene.github.reopenPullRequest(on, by)
    else scene.github.reopenIssue(on, by)
    return `${by.login} reopened it.`
  },
}

function review({ stage, by, on, field }: Act, state: 'approved' | 'changes_requested'): string {
  if (on.authorId === by.id) throw new Error('GitHub would refuse: this is their own pull request.')
  stage.scene.github.submitReview(openPull(on), by, state, field('body'))
  return `${by.login} ${state === 'approved' ? 'approved the changes' : 'asked for changes'}.`
}

function personNamed(stage: Stage, login: string): Account {
  const found = castOf(stage).find(({ account }) => account.login === login)
  if (found === undefined) throw new Error('Choose who you are first.')
  return found.account
}

function pullOf(on: Issue): PullRequest {
  if (!isPull(on)) throw new Error('That needs a pull request.')
  return on
}

function openPull(on: Issue): PullRequest {
  if (on.state === 'closed') throw new Error('It is closed.')
  return pullOf(on)
}
