// The people of a drill: they ask, use what they were given, and end it, as the plan has it.
import type { Delivery } from '../sandbox/github/index.ts'
import type { PlannedGrant } from './plan.ts'
import { roleNamed, type WayName } from './roles.ts'
import { ownComments, saidOf } from './shown.ts'
import { labelFor, type DrillScene, type Person } from './scene.ts'
import type { OpenSession, Way } from './way.ts'

/** What one grant's people did, and when. */
export interface Played {
  readonly grant: PlannedGrant
  readonly person: Person
  askedAt: number | undefined
  asking: readonly Delivery[]
  /** All of its ways were seen to let the person in. */
  givenAt: number | undefined
  endedAt: number | undefined
  ending: readonly Delivery[]
  readonly sessions: { readonly way: WayName; readonly session: OpenSession }[]
}

export interface Players {
  readonly played: readonly Played[]
  /** Everybody asked, and ended what they were to end. */
  readonly over: Promise<void>
  stop(): void
}

export interface Playing {
  readonly scene: DrillScene
  readonly grants: readonly PlannedGrant[]
  readonly ways: Readonly<Record<WayName, Way>>
}

const lookEveryMs = 300
/** NB: who never gets what they asked for waits no longer, and the judge tells it. */
const patienceMs = 60_000

export function startPlayers({ scene, grants, ways }: Playing): Players {
  const begun = performance.now()
  const state = { stopped: false }
  const played = grants.map((grant): Played => {
    const person = scene.cast[grant.person]
    if (person === undefined) throw new Error('The cast is too small')
    const nothing = { askedAt: undefined, givenAt: undefined, endedAt: undefined }
    return { grant, person, ...nothing, asking: [], ending: [], sessions: [] }
  })
  const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, Math.max(0, ms)))

  async function play(one: Played): Promise<void> {
    const { grant } = one
    await pause(begun + grant.askAtMs - performance.now())
    if (state.stopped) return
    one.askedAt = Date.now()
    one.asking = ask(scene, one)
    if (grant.end?.blind === true) {
      await pause(grant.end.afterMs)
      return end(scene, one)
    }
    const given = await seen(one)
    openSessions(one, ways)
    if (!given || grant.end === undefined || state.stopped) return
    await pause(grant.end.afterMs)
    openSessions(one, ways)
    if (!state.stopped) end(scene, one)
  }

  async function seen(one: Played): Promise<boolean> {
    const late = performance.now() + patienceMs
    const own = roleNamed(one.grant.role).ways.map((way) => ways[way])
    while (performance.now() < late && !state.stopped) {
      // What stands is quickly seen; what it lets them do takes thought.
      if (isTold(scene, one) && own.every((way) => letsIn(way, one.person))) {
        one.givenAt = Date.now()
        return true
      }
      await pause(lookEveryMs)
    }
    return false
  }
  return {
    played,
    over: Promise.all(played.map(play)).then(() => undefined),
    stop() {
      state.stopped = true
    },
  }
}

const letsIn = (way: Way, person: Person): boolean =>
  way.stands(person, Date.now()) && way.may(person, Date.now())

/** Where others hold the same, what they see in the cloud need not be theirs. */
function isTold(scene: DrillScene, { grant }: Played): boolean {
  const shared = grant.shares !== undefined || scene.shared.has(grant.n)
  if (!shared) return true
  return ownComments(scene.github, pullOf(scene, grant)).some(({ body }) => saidOf(body) === 'open')
}

function openSessions(one: Played, ways: Playing['ways']): void {
  for (const way of roleNamed(one.grant.role).ways) {
    const session = ways[way].open?.(one.person)
    if (session !== undefined) one.sessions.push({ way, session })
  }
}

function ask(scene: DrillScene, { grant, person }: Played): readonly Delivery[] {
  const { github, people } = scene
  const pull = pullOf(scene, grant)
  switch (grant.trigger) {
    case 'review':
      return github.requestReview(pull, people.alice, person.account)
    case 'label':
      return github.addLabel(pull, people.alice, labelFor(grant))
    case 'request':
      return commented(
        scene,
        grant,
        person,
        `/access request ${grant.role} for ${grant.leaseSeconds}s`,
      )
    default:
      return grant.trigger satisfies never
  }
}

function end(scene: DrillScene, one: Played): void {
  const { grant } = one
  if (grant.end === undefined) return
  one.endedAt = Date.now()
  one.ending = act(scene, one, grant.end.how)
}

type How = NonNullable<PlannedGrant['end']>['how']

function act(scene: DrillScene, { grant, person }: Played, how: How): readonly Delivery[] {
  const { github, people } = scene
  const pull = pullOf(scene, grant)
  switch (how) {
    case 'reviewed':
      return github.submitReview(pull, person.account, 'approved')
    case 'unrequested':
      return github.removeReviewRequest(pull, people.alice, person.account)
    case 'unlabeled':
      return github.removeLabel(pull, people.alice, labelFor(grant))
    case 'closed':
      return github.closePullRequest(pull, people.alice)
    case 'merged':
      return github.closePullRequest(pull, people.alice, { merged: true })
    case 'done':
      return commented(scene, grant, person, '/access done')
    case 'revoked':
      return commented(scene, grant, { account: people.alice }, '/access revoke')
    default:
      return how satisfies never
  }
}

function commented(
  scene: DrillScene,
  grant: PlannedGrant,
  { account }: Pick<Person, 'account'>,
  text: string,
): readonly Delivery[] {
  const { github } = scene
  const former = github.deliveries.length
  github.comment(pullOf(scene, grant), account, text)
  return github.deliveries.slice(former)
}

export function pullOf({ pulls }: DrillScene, { n }: PlannedGrant) {
  const pull = pulls.get(n)
  if (pull === undefined) throw new Error(`There is no pull request for grant ${n}`)
  return pull
}
