// What people do in a journey, and what came of it.
import type { Account, Comment, Delivery, Issue } from '../../sandbox/github/index.ts'
import type { Grant } from '../../src/domain/grants/types.ts'
import { isHeld } from '../../src/domain/grants/phases.ts'
import { subjectKey } from '../../src/domain/subjects.ts'
import { account } from '../../sandbox/scene.ts'
import type { Member } from './catalog.ts'
import type { Journey } from './journey.ts'
import { found, grantsOn, handled, line, nthLine } from './seen.ts'

export interface Said {
  readonly comment: Comment
  readonly delivery: Delivery
}

/** Writes a comment, and waits until all that it says was carried out. */
export async function say(on: Journey, subject: Issue, by: Account, body: string): Promise<Said> {
  const comment = on.github.comment(subject, by, body)
  const delivery = on.github.lastDelivery('issue_comment', 'created')
  await handled(on, [delivery])
  return { comment, delivery }
}

/** The grants of a subject, once the deliveries are handled and what is held was seen in the cloud. */
export async function cameOf(
  on: Journey,
  subject: Issue,
  deliveries: readonly Delivery[] = [],
): Promise<readonly Grant[]> {
  await handled(on, deliveries)
  const held = (await grantsOn(on, subject)).filter(isHeld)
  for (const { id } of held) await line(on, 'grant.activated', { grant: id })
  return grantsOn(on, subject)
}

/** That their IAM user was written so many times. */
export async function written(on: Journey, { user }: Member, times: number): Promise<void> {
  const put = { change: 'put', lane: `aws/${account}/user/${user.userId}` }
  await nthLine(on, times, 'binding.changed', put)
}

/** The id of this person's grant among these. */
export function idOf(grants: readonly Grant[], { id }: Pick<Account, 'id'>): string {
  const [grant, ...more] = grants.filter(({ revision }) => revision.offer.recipient.id === id)
  if (grant === undefined || more.length > 0) throw new Error(`not one grant, but ${more.length}`)
  return grant.id
}

/** Of each grant: whose, of what, and how it is. */
export const inShort = (grants: readonly Grant[]): readonly string[] =>
  grants
    .map(({ revision: { offer }, phase }) => `${offer.recipient.login} ${offer.role} ${phase}`)
    .toSorted()

/** The App's one comment on the subject, as soon as it says all of this. */
export async function told(
  on: Journey,
  subject: Issue,
  ...phrases: readonly (string | RegExp)[]
): Promise<Comment> {
  const ours = () => on.github.comments(subject).filter(({ body }) => marked.test(body))
  try {
    return await found(on, `a comment that says ${phrases.join(' … ')}`, () => {
      const [first, ...more] = ours()
      if (more.length > 0) throw new Error('there is more than one comment')
      return phrases.every((phrase) => isIn(first?.body ?? '', phrase)) ? first : undefined
    })
  } catch (cause) {
    const said = ours().map(({ body }) => body)
    throw new Error(`${phrases.join(' … ')} is not said by: ${said.join('\n')}`, { cause })
  }
}

/** A comment that the App wrote in order to notify, as soon as there is one that says all of this. */
export const announced = (
  on: Journey,
  subject: Issue,
  ...phrases: readonly (string | RegExp)[]
): Promise<Comment> =>
  found(on, `a comment of its own that says ${phrases.join(' … ')}`, () =>
    on.github
      .comments(subject)
      .find(
        ({ body, userId }) =>
          userId === on.github.world.bot.id &&
          !marked.test(body) &&
          phrases.every((phrase) => isIn(body, phrase)),
      ),
  )

/** The latest answer to a command on the subject says all of this, and so does the comment. */
export async function answered(
  on: Journey,
  subject: Issue,
  ...phrases: readonly (string | RegExp)[]
): Promise<void> {
  const report = await on.hallpass.composition.deps.ledger.report(subjectKey(subject))
  const answers = (report?.notices ?? []).filter(({ kind }) => kind === 'answer')
  const latest = answers.toSorted((a, b) => b.at - a.at)[0]?.text ?? 'nothing'
  const left = phrases.filter((phrase) => !isIn(latest, phrase))
  if (left.length > 0) throw new Error(`${left.join(' … ')} is not said by: ${latest}`)
  await told(on, subject, ...phrases)
}

const marked = /^<!-- hallpass:[^:]+:\d+#\d+ -->/
const isIn = (body: string, phrase: string | RegExp): boolean =>
  typeof phrase === 'string' ? body.includes(phrase) : phrase.test(body)

/** Events of this type on the subject, as the log has them: oldest first. */
export async function logged(
  { hallpass }: Journey,
  subject: Pick<Issue, 'repositoryId' | 'number'>,
  type: string,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const entries = await hallpass.composition.deps.ledger.log(0, 100_000)
  return entries
    .map(({ canonical }) => JSON.parse(canonical) as Logged)
    .filter((event) => event.type === type && event.stream === `subject:${subjectKey(subject)}`)
    .map(({ body }) => body)
}

interface Logged {
  readonly stream: string
  readonly type: string
  readonly body: Readonly<Record<string, unknown>>
}
