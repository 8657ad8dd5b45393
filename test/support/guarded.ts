// A scene that has something to steal: a role that team sre approves, people of every standing, and the log's own words.
import type { Account, Comment, Delivery, Issue, PullRequest } from '../../sandbox/github/index.ts'
import type { UserRef } from '../../sandbox/aws/entities.ts'
import { account, logGroup } from '../../sandbox/scene.ts'
import type { NewEvent } from '../../src/domain/log/types.ts'
import type { Grant } from '../../src/domain/grants/types.ts'
import { subjectKey } from '../../src/domain/subjects.ts'
import { begin, type Journey, type JourneyOptions } from './journey.ts'
import { enrolledIds, peopleKnown } from './policies.ts'
import { countOf, grantOf, handled, line, nthLine, ours } from './seen.ts'

export const guardedRole = 'orders-logs-read'

export interface Guards {
  /** One line of the role. */
  readonly approval?: string
  readonly lease?: string
  readonly resource?: string
  readonly actions?: string
  readonly eligible?: string
  /** Lines of the role. */
  readonly role?: string
  /** Of the rule for reviewers. */
  readonly until?: string
  /** Further roles, rules and parts of the document, each indented as it has to be. */
  readonly roles?: string
  readonly rules?: string
  readonly more?: string
  /** The scene's own repository, and those that tests add under such an id, unless given. */
  readonly enrolled?: string
}

/** One of team sre approves what a review request, a command or the label `incident` asks for. */
export const guardedPolicy = ({
  approval = '{ by: [team:sre], count: 1 }',
  lease = '1h',
  resource = logGroup,
  actions = 'logs:FilterLogEvents',
  eligible = '[team:backend]',
  role = '',
  until = '[reviewed, unrequested, closed]',
  roles = '',
  rules = '',
  more = '',
  enrolled = JSON.stringify(enrolledIds),
}: Guards = {}) => `version: 1
enrolled: ${enrolled}
roles:
  ${guardedRole}:
    description: Read the logs of the orders service
    bindings:
      - aws:
          account: '${account}'
          allow:
            - { actions: [${actions}], resources: ['${resource}'] }
    repositories: [shop-*]
    eligible: ${eligible}
    lease: { default: ${lease}, max: 4h }
    approval: ${approval}
    ${role}
${roles}
rules:
  - name: reviewers see the logs
    when: { review_requested: {} }
    give: ${guardedRole}
    until: ${until}
  - name: whoever asks sees the logs
    when: { requested: {} }
    give: ${guardedRole}
  - name: incident
    when: { labeled: [incident] }
    to: assignees
    give: ${guardedRole}
${rules}
limits: { person: { at_once: 100, daily: 240h }, repository: { at_once: 1000 } }
${more}
${peopleKnown}`

/** Beside the scene's: sara and sven approve, bob writes and has no other part in it, rita may only read. */
export interface Cast {
  readonly sara: Account
  readonly sven: Account
  readonly bob: Account
  readonly rita: Account
}

export interface Guarded extends Journey {
  readonly cast: Cast
  readonly sre: ReturnType<Journey['github']['addTeam']>
  /** Every event that was committed, in its order, before its personal fields become commitments. */
  readonly events: readonly NewEvent['event'][]
}

export async function beginGuarded(
  options: JourneyOptions & { readonly guards?: Guards } = {},
): Promise<Guarded> {
  const { guards, ...rest } = options
  const on = await begin({ policy: guardedPolicy(guards), ...rest })
  const { github, organization, repository } = on
  const member = (login: string, id: number, role: 'read' | 'write') => {
    const person = github.addUser(login, { id })
    github.setMembership(organization, person)
    github.setRole(repository, person, role)
    return person
  }
  const cast = {
    sara: member('sara', 3001, 'write'),
    sven: member('sven', 3002, 'write'),
    bob: member('bob', 3003, 'write'),
    rita: member('rita', 3004, 'read'),
  }
  const sre = github.addTeam(organization, 'sre', { members: [cast.sara, cast.sven] })
  return { ...on, cast, sre, events: overhear(on) }
}

/** NB: taken at the ledger's door, for the log holds people's words as commitments alone. */
function overhear({ hallpass }: Journey): readonly NewEvent['event'][] {
  const { ledger } = hallpass.composition.deps
  const events: NewEvent['event'][] = []
  const commit = ledger.commit.bind(ledger)
  ledger.commit = async (change) => {
    const result = await commit(change)
    events.push(...(change.events ?? []).map(({ event }) => event))
    events.push(...(change.grants ?? []).flatMap((grant) => grant.events))
    return result
  }
  return events
}

export interface Waits {
  readonly grant: string
  readonly code: string
}

/** `act` asks for access for this person on this subject: it waits under a code. */
export async function asked(
  on: Journey,
  { repositoryId, number }: Issue,
  recipient: Account,
  act: () => unknown,
): Promise<Waits> {
  const about = { subject: number, repo: repositoryId, recipient: recipient.id }
  const former = countOf(on, 'grant.requested', about)
  act()
  const { fields } = await nthLine(on, former + 1, 'grant.requested', about)
  const grant = String(fields['grant'])
  return { grant, code: (await grantOf(on, grant)).revision.code }
}

/** alice asks for a review. */
export const askedToReview = (on: Journey, pull: PullRequest, reviewer: Account): Promise<Waits> =>
  asked(on, pull, reviewer, () => on.github.requestReview(pull, on.people.alice, reviewer))

export interface Heard {
  readonly comment: Comment
  readonly delivery: Delivery
  /** Why each of its commands that did nothing did nothing, as the log has it. */
  readonly refusals: readonly string[]
}

/** Somebody writes a comment, and it was worked on. */
export async function says(
  on: Guarded,
  where: Issue,
  who: Account | string,
  body: string,
  how: { readonly viaApp?: boolean } = {},
): Promise<Heard> {
  const comment = on.github.comment(where, who, body, how)
  const delivery = on.github.lastDelivery('issue_comment', 'created')
  await handled(on, [delivery])
  return { comment, delivery, refusals: refusalsOf(on, comment) }
}

export const refusalsOf = ({ events }: Guarded, { id }: Comment): readonly string[] =>
  events.flatMap((event) =>
    event.type === 'command.refused' && event.cause.endsWith(`/${id}`) ? [event.because] : [],
  )

/** The codes of the requests that were refused on a subject, in their order, as the log has them. */
export const codesOn = ({ events }: Guarded, on: Issue): readonly string[] =>
  events.flatMap((event) =>
    event.type === 'request.refused' && event.subject === subjectKey(on)
      ? [event.refusal.code]
      : [],
  )

/** Hallpass's own comments. */
export const ownComments = ({ github }: Journey, where: Issue): readonly Comment[] =>
  github
    .comments(where)
    .filter(({ userId }) => github.world.account(userId)?.login === `${github.appSlug}[bot]`)

/** One of them says so, sooner or later. */
export const told = (on: Journey, where: Issue, words: string): Promise<Comment> =>
  on.github.waitFor(
    () => ownComments(on, where).find(({ body }) => body.includes(words)),
    AbortSignal.timeout(45_000),
  )

/** It waits as before: nobody's yes counted, and nothing was given. */
export async function stillWaits(
  on: Guarded,
  { grant, code }: Waits,
  user: UserRef = on.iam.octocat,
): Promise<Grant> {
  const now = await grantOf(on, grant)
  const { phase, revision } = now
  if (phase !== 'requested' || now.approvals.length > 0 || revision.code !== code)
    throw new Error(`${grant} is ${phase}, under ${revision.code}`)
  standsNot(on, user)
  return now
}

/** IAM has nothing of ours for them. */
export function standsNot(on: Journey, user: UserRef = on.iam.octocat): void {
  const standing = ours(on, user)
  if (standing.length > 0) throw new Error(`in IAM stands ${JSON.stringify(standing)}`)
}

/** The control of every attack: the same request, approved as it should be, gives. */
export async function approved(on: Guarded, where: Issue, { grant }: Waits): Promise<void> {
  const { code } = (await grantOf(on, grant)).revision
  const { refusals } = await says(on, where, on.cast.sara, `/access approve ${code}`)
  if (refusals.length > 0) throw new Error(refusals.join('\n'))
  await line(on, 'grant.activated', { grant })
}
