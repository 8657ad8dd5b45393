// What people do during the week, and what must therefore be so: worked out from what they did, never from the ledger.
import type { Account, PullRequest } from '../../sandbox/github/index.ts'
import { modeNames, modes, type Developer, type Mode, type ModeName, type Week } from './modes.ts'

export type HowItEnds = 'lease' | 'reviewed' | 'closed' | 'unrequested' | 'done'
const early: readonly HowItEnds[] = ['reviewed', 'closed', 'unrequested', 'done']

export interface Asked {
  readonly mode: ModeName
  readonly who: Developer
  readonly pull: PullRequest
  readonly at: number
  readonly how: HowItEnds
  /** When they mean to end it; the lease may come first. */
  readonly until: number
  /** What nobody can know beforehand: it was asked for, or ended, while something was down. */
  unsure: boolean
  /** It was refused, or its ground was lost: nothing of it may be left. */
  over: number | undefined
}

export interface Play {
  readonly scene: Week
  readonly developers: readonly Developer[]
  readonly alice: Account
  readonly dice: () => number
  readonly asked: Asked[]
  /** Those that may still be open. */
  live: Asked[]
}

const hour = 3_600_000
const quarter = hour / 4
/** Between an act and what comes of it. */
const slackMs = 30_000
/** Ends are whole seconds. */
const roundingMs = 1_000
/** What one person may hold at once of a mode: an IAM user has room for about six. */
const heldMax = 2

export function ask(play: Play, now: number, wanted?: ModeName): Asked | undefined {
  const { scene, dice, developers, alice } = play
  const pick = <T>(from: readonly T[]): T => from[Math.floor(dice() * from.length)] as T
  const mode = wanted ?? pick(modeNames)
  const who = pick(developers)
  const held = play.live.filter((one) => one.mode === mode && one.who === who)
  if (held.length >= heldMax) return undefined
  const { github, repository } = scene
  const pull = github.openPullRequest(repository, {
    author: alice,
    files: { [`services/${mode}/${repository.nextNumber}.ts`]: 'export {}\n' },
  })
  github.requestReview(pull, alice, who.person)
  const how = dice() < 0.5 ? 'lease' : pick(early)
  const quarters = Math.ceil(dice() * 4 * modes[mode].hours)
  const until = how === 'lease' ? Infinity : now + quarters * quarter - 1
  const asked: Asked = { mode, who, pull, at: now, how, until, unsure: false, over: undefined }
  play.asked.push(asked)
  play.live.push(asked)
  return asked
}

export function endEarly({ scene: { github }, alice }: Play, asked: Asked, now: number): void {
  const { pull, who } = asked
  if (asked.how === 'reviewed') github.submitReview(pull, who.person, 'approved')
  if (asked.how === 'closed') github.closePullRequest(pull, alice)
  if (asked.how === 'unrequested') github.removeReviewRequest(pull, alice, who.person)
  if (asked.how === 'done') github.comment(pull, who.person, '/access done')
  asked.over = now
}

export const leaseEndOf = ({ at, mode }: Asked): number => at + modes[mode].hours * hour

/** Undefined: by now either may be so. */
function mustBeOpen(asked: Asked, now: number): boolean | undefined {
  const end = Math.min(leaseEndOf(asked), asked.over ?? Infinity)
  if (now >= end + slackMs) return false
  if (asked.unsure || now < asked.at + slackMs || now >= end - roundingMs) return undefined
  return true
}

/** All that a half hour brings is written in one minute here, and GitHub's room for that may be over. */
const toldMs = 10 * 60_000

/** What is to be assumed is tried by the session's name, which people read in the table. */
const isUntold = ({ scene }: Play, { mode, pull, at }: Asked, now: number): boolean =>
  mode === 'assume' && now < at + toldMs && tableOf(scene, pull) === undefined

/** The cloud itself ends it. */
export const native: ReadonlySet<ModeName> = new Set(['allow', 'assume', 'gcp', 'pim'])

/** What is not as it must be. `down`: what no removal can reach now; the clouds' own deadlines hold all the same. */
export function faultsAt(play: Play, now: number, down: (mode: ModeName) => boolean): string[] {
  const faults: string[] = []
  const seen = new Set<string>()
  for (const asked of play.live) {
    const { mode, who } = asked
    const key = mode === 'assume' ? `${mode} ${asked.pull.number}` : `${mode} ${who.person.login}`
    if (seen.has(key)) continue
    seen.add(key)
    const same = play.live.filter(
      (other) => other === asked || (mode !== 'assume' && other.mode === mode && other.who === who),
    )
    if (isUntold(play, asked, now)) continue
    const wanted = same.map((other) => mustBeOpen(other, now))
    const open = wanted.includes(true) ? true : wanted.includes(undefined) ? undefined : false
    if (open === undefined) continue
    const ends = Math.max(...same.map(leaseEndOf))
    if (!open && down(mode) && !(native.has(mode) && now >= ends + slackMs)) continue
    const allowed = mayNow(play, asked, now)
    if (allowed !== open)
      faults.push(
        [
          `${key} of #${same.map(({ pull }) => pull.number).join(', #')} is ${allowed ? 'open' : 'closed'} at ${new Date(now).toISOString()}`,
          ...same.map(({ pull }) => tableOf(play.scene, pull) ?? 'no comment'),
        ].join('\n'),
      )
  }
  faults.push(...strayed(play, now, seen, down))
  play.live = play.live.filter((asked) => {
    const end = Math.min(leaseEndOf(asked), asked.over ?? Infinity)
    return down(asked.mode) || now < end + slackMs
  })
  return faults
}

export function mayNow({ scene }: Play, asked: Asked, now: number): boolean {
  const mode: Mode = modes[asked.mode]
  return mode.may(scene, asked.who, now, sessionOf(scene, asked.pull))
}

/** Nobody else has anything. What may be assumed is told by its grant, and is looked at when all is over. */
function strayed(
  { scene, developers }: Play,
  now: number,
  seen: ReadonlySet<string>,
  down: (mode: ModeName) => boolean,
): readonly string[] {
  return developers.flatMap((who) =>
    modeNames.flatMap((name) => {
      const key = `${name} ${who.person.login}`
      const mode: Mode = modes[name]
      const isOpen = !seen.has(key) && !down(name) && mode.may(scene, who, now, undefined)
      return isOpen ? [`${key} is open, and nobody asked for it`] : []
    }),
  )
}

/** The table, and not what is told in comments of their own, which may be written before it where room is scarce. */
const tableOf = ({ github }: Week, pull: PullRequest): string | undefined =>
  github.comments(pull).find(({ body }) => /^<!-- hallpass:\w+:\d+#\d+ -->/.test(body))?.body

/** As people read it in the comment. */
const sessionOf = (scene: Week, pull: PullRequest): string | undefined =>
  /role-session-name (hallpass-[\w-]+)/.exec(tableOf(scene, pull) ?? '')?.[1]
