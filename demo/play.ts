// The main job, step by step. Each step is told only once it was seen to happen, at GitHub, at AWS or in the app's log.
import { logGroup } from '../sandbox/scene.ts'
import type { Stage } from './stage.ts'
import type { Teller } from './teller.ts'
import { timeline, type Span } from './timeline.ts'
import type { Line } from './watch-log.ts'

interface Told extends Stage {
  readonly teller: Teller
}

type Login = 'octocat' | 'mona'
const action = 'logs:FilterLogEvents'
/** As in examples/demo.yml, for drafts. */
const leaseSeconds = 6
const patienceMs = 12_000

export async function play(on: Stage, teller: Teller): Promise<void> {
  const stage = { ...on, teller }
  const { people, github } = on.scene
  const pull = on.scenery.draft
  teller.say(
    `\nalice opened the draft "${pull.title}" in acme/shop-orders and asks two people for a look.\nThe policy lets them read the orders logs, for ${leaseSeconds} seconds.\n`,
  )
  const start = Date.now()
  teller.begin()
  github.requestReview(pull, people.alice, people.octocat)
  github.requestReview(pull, people.alice, people.mona)
  await accepted(stage, 2)
  const [first, second] = await Promise.all([opened(stage, 'octocat'), opened(stage, 'mona')])
  await shown(stage, 'neutral', 'says who holds what; it does not block the merge')
  teller.say('')
  github.submitReview(pull, people.octocat, 'approved')
  teller.tell({
    step: 'review.submitted',
    about: 'octocat',
    text: 'approves the pull request: the task is done',
  })
  await closed(stage, 'octocat', first, 'reviewed')
  await closed(stage, 'mona', second, 'expired')
  await shown(stage, 'success', 'is green: all access is proven gone')
  tellEnd(stage, start)
}

async function accepted({ scene: { github }, teller }: Told, count: number): Promise<void> {
  await github.deliveriesSettled()
  const sent = github.deliveries.slice(-count)
  const refused = sent.find(({ state }) => state !== 'delivered')
  if (refused !== undefined) throw new Error(`the webhook ${refused.id} was not accepted`)
  const text = `${count} signed deliveries were stored and acknowledged`
  teller.tell({ step: 'webhook.accepted', about: 'webhooks', text, fields: { deliveries: count } })
}

/** The grant's id. */
async function opened(stage: Told, login: Login): Promise<string> {
  const { watch, teller } = stage
  const requested = await watch.seen(`a grant for ${login}`, isRequestOf(stage, login))
  const id = String(requested.fields['grant'])
  await watch.seen(`access for ${login}`, isOf('grant.activated', id))
  const about = { about: login, fields: { grant: id, who: login } }
  const text = `holds orders-logs-read (grant ${id}): its binding was read back from IAM`
  teller.tell({ step: 'grant.active', ...about, text })
  if (!allows(stage, login)) throw new Error(`AWS does not let ${login} read the logs`)
  teller.tell({ step: 'cloud.allows', ...about, text: `AWS allows ${action}` })
  return id
}

const isRequestOf =
  ({ scene: { people } }: Stage, login: Login) =>
  ({ id, fields }: Line): boolean =>
    id === 'grant.requested' && fields['recipient'] === people[login].id

const isOf =
  (id: string, grant: string) =>
  (line: Line): boolean =>
    line.id === id && line.fields['grant'] === grant

const ends = { reviewed: 'as the review was submitted', expired: 'as the lease ran out' }

async function closed(
  stage: Told,
  login: Login,
  id: string,
  why: keyof typeof ends,
): Promise<void> {
  const { watch, teller } = stage
  await watch.seen(`the end for ${login}`, isOf('grant.ended', id))
  const about = { about: login, fields: { grant: id, who: login } }
  teller.tell({
    step: 'grant.ended',
    ...about,
    text: `access ended, ${ends[why]}: removed, and read back as gone`,
    fields: { ...about.fields, reason: why },
  })
  if (allows(stage, login)) throw new Error(`AWS still lets ${login} read the logs`)
  teller.tell({ step: 'cloud.denies', ...about, text: `AWS denies ${action}` })
}

function allows({ scene: { aws, iam } }: Stage, login: Login, at?: number): boolean {
  const question = { user: iam[login], action, resource: logGroup }
  return aws.mayCall(at === undefined ? question : { ...question, at }).allowed
}

async function shown(
  { scene: { github }, scenery: { draft }, teller }: Told,
  conclusion: 'neutral' | 'success',
  text: string,
): Promise<void> {
  const isThere = () => github.checks(draft.pull.headSha).at(-1)?.conclusion === conclusion
  await inTime(github.waitFor(isThere), `a check that says ${conclusion}`)
  teller.tell({ step: `check.${conclusion}`, about: 'check', text })
}

async function inTime<T>(work: Promise<T>, what: string): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`${what} did not come`)), patienceMs)
  timer.unref()
  try {
    return await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}

/** What only told is a comment of its own. */
const isEdited = ({ body }: { readonly body: string }): boolean =>
  !body.split('\n', 1)[0]?.includes(':told:')

function tellEnd(stage: Told, start: number): void {
  const { scene, scenery, teller } = stage
  const end = Date.now()
  const spans = [
    spanOf(stage, 'octocat', 'until the review', start, end),
    spanOf(stage, 'mona', 'until the lease ran out', start, end),
  ]
  teller.say(
    `\nWho could read the logs when, as AWS itself would have decided:\n\n${timeline(spans, start, end)}`,
  )
  const comment = scene.github.comments(scenery.draft).find(isEdited)?.body ?? ''
  teller.say(`\nWhat the pull request says now:\n\n${indented(comment)}`)
  const left = [scene.iam.octocat, scene.iam.mona].flatMap((user) =>
    scene.aws.policiesOf(user).filter(({ name }) => name.startsWith('hallpass-')),
  ).length
  if (left > 0) throw new Error(`${left} bindings are left in IAM`)
  teller.end(
    { result: 'ok', grants: 2, ended: 2, bindings_left: left },
    '\nDone: 2 grants, 2 ended, nothing left in IAM.',
  )
}

const resolutionMs = 20

/** Asked of the simulated AWS for each moment, not of Hallpass. */
function spanOf(stage: Told, who: Login, why: string, start: number, end: number): Span {
  const moments = Array.from(
    { length: (end - start) / resolutionMs },
    (_, n) => start + n * resolutionMs,
  )
  const allowed = moments.filter((at) => allows(stage, who, at))
  return { who, from: allowed[0] ?? end, to: (allowed.at(-1) ?? end) + resolutionMs, why }
}

const indented = (text: string): string =>
  text
    .trim()
    .split('\n')
    .filter((line) => !line.startsWith('<!--'))
    .map((line) => `  │ ${line}`)
    .join('\n')
