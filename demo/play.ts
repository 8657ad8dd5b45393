// The main job, step by step. Each step is told only once it was seen to happen: at GitHub, in a cloud or in the app's log.
import type { DemoCloud } from './clouds/types.ts'
import type { Stage } from './stage.ts'
import type { Teller } from './teller.ts'
import { timeline, type Span } from './timeline.ts'
import type { Line } from './watch-log.ts'

interface Told extends Stage {
  readonly teller: Teller
}

type Login = 'octocat' | 'mona'
/** As in examples/demo.yml, for drafts. */
const leaseSeconds = 6
const patienceMs = 12_000

export async function play(on: Stage, teller: Teller): Promise<void> {
  const stage = { ...on, teller }
  const { people, github } = on.scene
  const pull = on.scenery.draft
  teller.say(
    `\nalice opened the draft "${pull.title}" in acme/shop-orders and asks two people for a look.\nThe policy lets them read the orders logs in AWS, Google Cloud and Azure, for ${leaseSeconds} seconds.\n`,
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
  const { clouds, watch, teller } = stage
  const requested = await watch.seen(`a grant for ${login}`, isRequestOf(stage, login))
  const id = String(requested.fields['grant'])
  const fields = { grant: id, who: login }
  await Promise.all(
    clouds.map(async (cloud) => {
      const there = cloud.waitFor(() => allows(cloud, login))
      await inTime(there, `access for ${login} in ${cloud.title}`)
      const text = `${cloud.title} allows ${cloud.abilities[0].action}`
      const about = { about: login, text }
      teller.tell({ step: 'cloud.allows', ...about, fields: { ...fields, cloud: cloud.name } })
    }),
  )
  await watch.seen(`access for ${login}`, nth(clouds.length, isOf('grant.binding-present', id)))
  const text = `holds orders-logs-read (grant ${id}): each cloud was read to have it`
  teller.tell({ step: 'grant.active', about: login, text, fields })
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

/** NB: asked of each line once, in their order. */
function nth(n: number, fits: (line: Line) => boolean): (line: Line) => boolean {
  let seen = 0
  return (line) => fits(line) && (seen += 1) === n
}

const ends = { reviewed: 'as the review was submitted', expired: 'as the lease ran out' }

async function closed(
  stage: Told,
  login: Login,
  id: string,
  why: keyof typeof ends,
): Promise<void> {
  const { clouds, watch, teller } = stage
  await watch.seen(`the end for ${login}`, isOf('grant.ended', id))
  const fields = { grant: id, who: login }
  teller.tell({
    step: 'grant.ended',
    about: login,
    text: `access ended, ${ends[why]}: removed, and read back as gone`,
    fields: { ...fields, reason: why },
  })
  for (const cloud of clouds) {
    if (allows(cloud, login)) throw new Error(`${cloud.title} still lets ${login} read the logs`)
    const text = `${cloud.title} denies ${cloud.abilities[0].action}`
    const about = { about: login, text }
    teller.tell({ step: 'cloud.denies', ...about, fields: { ...fields, cloud: cloud.name } })
  }
}

const allows = ({ abilities: [readLogs] }: DemoCloud, login: Login, at?: number): boolean =>
  readLogs.mayDo(login, at)

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
  const { clouds, scene, scenery, teller } = stage
  const end = Date.now()
  const spansOf = (login: Login, why: string) =>
    clouds.map((cloud, n) => ({
      who: `${(n === 0 ? login : '').padEnd(loginWidth)}  ${cloud.title}`,
      ...spanOf(cloud, login, { start, end }),
      why: n === 0 ? why : '',
    }))
  const spans = [
    ...spansOf('octocat', 'until the review'),
    ...spansOf('mona', 'until the lease ran out'),
  ]
  teller.say(
    `\nWho could read the logs when, as each cloud itself would have decided:\n\n${timeline(spans, start, end)}`,
  )
  const comment = scene.github.comments(scenery.draft).find(isEdited)?.body ?? ''
  teller.say(`\nWhat the pull request says now:\n\n${indented(comment)}`)
  const left = clouds.flatMap((cloud) => cloud.standing()).length
  if (left > 0) throw new Error(`${left} bindings are left in the clouds`)
  teller.end(
    { result: 'ok', grants: 2, ended: 2, clouds: clouds.length, bindings_left: left },
    '\nDone: 2 grants over 3 clouds, 2 ended, nothing left in any cloud.',
  )
}

const loginWidth = 'octocat'.length
const resolutionMs = 20

/** Asked of the simulated cloud for each moment, not of Hallpass. */
function spanOf(
  cloud: DemoCloud,
  who: Login,
  { start, end }: { readonly start: number; readonly end: number },
): Pick<Span, 'from' | 'to'> {
  const moments = Array.from(
    { length: (end - start) / resolutionMs },
    (_, n) => start + n * resolutionMs,
  )
  const allowed = moments.filter((at) => allows(cloud, who, at))
  return { from: allowed[0] ?? end, to: (allowed.at(-1) ?? end) + resolutionMs }
}

const indented = (text: string): string =>
  text
    .trim()
    .split('\n')
    .filter((line) => !line.startsWith('<!--'))
    .map((line) => `  │ ${line}`)
    .join('\n')
