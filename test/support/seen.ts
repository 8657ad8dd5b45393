// What a journey waits for: a line of the app's log, the check, the comment. Nothing here sleeps.
import { onTestFinished } from 'vitest'
import type {
  Account,
  Check,
  Comment,
  Delivery,
  Issue,
  PullRequest,
} from '../../sandbox/github/index.ts'
import type { UserRef } from '../../sandbox/aws/entities.ts'
import { logGroup } from '../../sandbox/scene.ts'
import type { Grant } from '../../src/domain/grants/types.ts'
import { subjectKey } from '../../src/domain/subjects.ts'
import { handledEvents } from '../../src/entrypoints/webhooks/routes.ts'
import type { Line } from '../../demo/watch-log.ts'
import type { Journey } from './journey.ts'

/** Only what hangs runs into it: a busy machine makes everything slow. */
const patienceMs = 45_000

type Fields = Readonly<Record<string, unknown>>

/** The first such line, former ones included. */
export const line = (journey: Journey, id: string, fields: Fields = {}): Promise<Line> =>
  nthLine(journey, 1, id, fields)

/** The n-th such line, counted from 1. */
export async function nthLine(
  { hallpass }: Journey,
  n: number,
  id: string,
  fields: Fields = {},
): Promise<Line> {
  let count = 0
  const fits = (seen: Line): boolean => {
    if (seen.id !== id || !has(seen, fields)) return false
    count += 1
    return count === n
  }
  try {
    return await hallpass.watch.seen(id, fits, patienceMs)
  } catch {
    throw missed(hallpass, `The line ${id} ${JSON.stringify(fields)}`)
  }
}

const missed = ({ written }: Journey['hallpass'], what: string) =>
  new Error(`${what} did not come. The log's end:\n${written.slice(-25).join('')}`)

const has = (seen: Line, fields: Fields): boolean =>
  Object.entries(fields).every(([name, value]) => seen.fields[name] === value)

/** How many such lines there are so far. */
export const countOf = ({ hallpass }: Journey, id: string, fields: Fields = {}): number =>
  hallpass.watch.lines.filter((seen) => seen.id === id && has(seen, fields)).length

/** That these were taken in, worked on and are done. Pushes to branches and the like are not even kept. */
export async function handled(journey: Journey, deliveries: readonly Delivery[]): Promise<void> {
  for (const { id, event, action } of deliveries)
    if (handledEvents.includes(`${event}.${action}`))
      await line(journey, 'delivery.handled', { delivery: id })
}

/** The person is asked for a review, and holds what the policy gives for it. Returns the grant's id. */
export async function given(
  journey: Journey,
  pull: PullRequest,
  reviewer: Account,
): Promise<string> {
  const about = { subject: pull.number, repo: pull.repositoryId, recipient: reviewer.id }
  const former = countOf(journey, 'grant.requested', about)
  journey.github.requestReview(pull, journey.people.alice, reviewer)
  const requested = await nthLine(journey, former + 1, 'grant.requested', about)
  const id = String(requested.fields['grant'])
  await line(journey, 'grant.activated', { grant: id })
  return id
}

export const ended = (journey: Journey, grant: string): Promise<Line> =>
  line(journey, 'grant.ended', { grant })

/** Of a request that policy refused. */
export async function refused(
  journey: Journey,
  deliveries: readonly Delivery[],
): Promise<readonly string[]> {
  await handled(journey, deliveries)
  const ids = deliveries.map(({ id }) => id)
  return journey.hallpass.watch.lines
    .filter(
      ({ id, fields }) => id === 'request.refused' && ids.includes(String(fields['delivery'])),
    )
    .map(({ fields }) => String(fields['code']))
}

/** Our newest check run on the head, as soon as it is so. */
export const check = (
  journey: Journey,
  { pull }: PullRequest,
  wanted: Partial<Pick<Check, 'status' | 'conclusion'>>,
): Promise<Check> =>
  found(journey, `a check that is ${JSON.stringify(wanted)}`, () => {
    const newest = checksOn(journey, pull.headSha).at(-1)
    const fits = Object.entries(wanted).every(
      ([name, value]) => newest?.[name as keyof typeof wanted] === value,
    )
    return fits ? newest : undefined
  })

export const checksOn = ({ github }: Journey, headSha: string): readonly Check[] =>
  github.checks(headSha).filter(({ name }) => name === 'hallpass/access')

/** The run of what waits, or waited, under this code on the pull request's head, as soon as it concludes so. */
export const offerRun = (
  journey: Journey,
  { pull }: PullRequest,
  code: string,
  conclusion: Check['conclusion'],
): Promise<Check> =>
  found(journey, `a run of ${code} that concludes ${conclusion}`, () =>
    journey.github
      .checks(pull.headSha)
      .findLast((run) => run.name === `hallpass/offer ${code}` && run.conclusion === conclusion),
  )

/** Our runs on any head of the pull request that have yet to end. */
export const openRuns = ({ github }: Journey, { repositoryId, number }: PullRequest) =>
  [...github.world.checks.values()].filter(
    ({ externalId, status, conclusion }) =>
      externalId.includes(`:${repositoryId}#${number}:`) &&
      (status !== 'completed' || conclusion === 'action_required'),
  )

/** Our one comment, as soon as it says so. */
export const comment = (
  journey: Journey,
  pull: PullRequest,
  said: string | RegExp,
): Promise<Comment> =>
  found(journey, `a comment that says ${String(said)}`, () => {
    const [first, ...more] = commentsOn(journey, pull).edited
    if (more.length > 0) throw new Error('there is more than one comment that is edited')
    const body = first?.body ?? ''
    return (typeof said === 'string' ? body.includes(said) : said.test(body)) ? first : undefined
  })

/** Ours: the one that is edited, and those that only told. */
export function commentsOn({ github }: Pick<Journey, 'github'>, pull: PullRequest) {
  const ours = github.comments(pull).filter(({ body }) => body.startsWith('<!-- hallpass:'))
  const told = ours.filter(({ body }) => body.split('\n', 1)[0]?.includes(':told:') === true)
  return { edited: ours.filter((each) => !told.includes(each)), told }
}

/** What was told in a comment of its own, as soon as one says so. */
export const telling = (
  journey: Journey,
  pull: PullRequest,
  said: string | RegExp,
): Promise<Comment> =>
  found(journey, `a comment of its own that says ${String(said)}`, () =>
    commentsOn(journey, pull).told.find(({ body }) =>
      typeof said === 'string' ? body.includes(said) : said.test(body),
    ),
  )

/** What `look` finds at GitHub, as soon as it finds something. */
export async function found<T>(
  journey: Journey,
  what: string,
  look: () => T | undefined,
): Promise<T> {
  const late = AbortSignal.timeout(patienceMs)
  try {
    return await journey.github.waitFor(look, late)
  } catch {
    throw missed(journey.hallpass, what)
  }
}

/** As the ledger has it. */
export async function grantOf({ hallpass }: Journey, id: string): Promise<Grant> {
  const row = await hallpass.composition.deps.ledger.grant(id)
  if (row === undefined) throw new Error(`There is no grant ${id}`)
  return row.grant
}

export async function grantsOn({ hallpass }: Journey, subject: Issue): Promise<readonly Grant[]> {
  const rows = await hallpass.composition.deps.ledger.grantsOf(subjectKey(subject))
  return rows.map(({ grant }) => grant)
}

/** Whether IAM itself would let the user read the logs, now. */
export const mayReadLogs = ({ aws }: Journey, user: UserRef): boolean =>
  aws.mayCall({ user, action: 'logs:FilterLogEvents', resource: logGroup }).allowed

/** The inline policies that bear our mark. */
export const ours = ({ aws }: Journey, user: UserRef) =>
  aws.policiesOf(user).filter(({ name }) => name.startsWith('hallpass-'))

/** One more pull request of alice's, on files that other ones leave alone. */
export const openPull = ({ github, repository, people }: Journey): PullRequest =>
  github.openPullRequest(repository, {
    author: people.alice,
    files: { [`services/orders/${repository.nextNumber}.ts`]: 'export {}\n' },
  })

/** Holds calls of this operation back, before AWS does anything, until they are let go: at the latest when the test ends. */
export function heldBack(
  { aws }: Journey,
  operation: string,
): { readonly arrived: Promise<void>; letGo(): void } {
  const gate = Promise.withResolvers<void>()
  const arrived = Promise.withResolvers<void>()
  const off = aws.intercept(async (call, phase) => {
    if (phase !== 'before' || call.operation !== operation) return
    arrived.resolve()
    await gate.promise
  })
  const letGo = () => {
    off()
    gate.resolve()
  }
  onTestFinished(letGo)
  return { arrived: arrived.promise, letGo }
}
