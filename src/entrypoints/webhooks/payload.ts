// What every handled delivery carries, read field by field: a body may lack or misstate anything.
import { z } from 'zod'
import { DeliveryFault } from '../../domain/errors.ts'
import { toIso, type Instant } from '../../domain/time.ts'
import type { Actor, Person, Subject, Team } from '../../domain/subjects.ts'

const id = z.int().positive()
const text = z.string().min(1)

export const account = z.object({ id, login: text, type: z.string().optional() })

/** When, in GitHub's words. */
export const instant = z.iso
  .datetime({ offset: true })
  .transform((iso): Instant => Date.parse(iso))
  .pipe(z.int())

export const pullRequest = z.object({ number: id, updated_at: instant })

export const commitSha = z.string().regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/)

/** To GitHub's API a pull request is an issue too, with this field. */
export const issue = pullRequest.extend({ pull_request: z.unknown().optional() })

/** For what happens on both: the delivery holds the one or the other. */
export const either = { pull_request: pullRequest.nullish(), issue: issue.nullish() }
const eitherSchema = z.object(either)

export const label = z.object({ name: text })
/** GitHub leaves the slug out where the team is gone. */
export const team = z.object({ id, slug: text.optional() })
export { id }

/** GitHub leaves the installation out of deliveries that are no App's: those are faults here, as all that lack a sender, though legal in its types. */
export const envelope = {
  installation: z.object({ id }).optional(),
  repository: z.object({ id, name: text, owner: account }),
  sender: account.optional(),
}

/** The payload as the schema sees it. `z.input` holds the schema to Octokit's types at compile time. */
export function readPayload<S extends z.ZodType>(
  event: string,
  schema: S,
  payload: z.input<S>,
): z.output<S> {
  const read = schema.safeParse(payload)
  if (read.success) return read.data
  const fields = read.error.issues.map((issue) => issue.path.join('.') || 'the whole payload')
  throw new DeliveryFault(`${event}: the delivery lacks or misstates ${fields.join(', ')}`)
}

const envelopeSchema = z.object(envelope)
type Envelope = z.output<typeof envelopeSchema>

/** What it happened on, and when. */
interface Happened {
  readonly number: number
  readonly kind: Subject['kind']
  readonly at: Instant
}

/** The fields that every signal shares. `at` comes from the signed body: headers are not signed. */
export function signalBase(event: string, payload: Envelope, delivery: string, on: Happened) {
  return {
    delivery,
    subject: subjectOf(event, payload, on),
    actor: actorOf(event, payload),
    at: on.at,
  }
}

export const onPull = (pull: z.output<typeof pullRequest>): Happened => ({
  number: pull.number,
  kind: 'pull_request',
  at: pull.updated_at,
})

export const onIssue = (of: z.output<typeof issue>): Happened => ({
  number: of.number,
  kind: of.pull_request === undefined || of.pull_request === null ? 'issue' : 'pull_request',
  at: of.updated_at,
})

export function onEither(event: string, read: z.output<typeof eitherSchema>): Happened {
  if (read.pull_request) return onPull(read.pull_request)
  if (read.issue) return onIssue(read.issue)
  throw new DeliveryFault(`${event}: the delivery lacks pull_request and issue`)
}

/** NB: nothing of the headers may enter: a captured body can be sent again under another delivery id. */
export const causeOf = (
  what: string,
  { subject, at }: { readonly subject: Subject; readonly at: Instant },
  ...whom: readonly (string | number)[]
): string => [what, subject.repositoryId, subject.number, ...whom, toIso(at)].join('/')

function subjectOf(event: string, payload: Envelope, on: Happened): Subject {
  const { installation, repository } = payload
  if (installation === undefined)
    throw new DeliveryFault(`${event}: the delivery lacks installation.id`)
  return {
    installationId: installation.id,
    accountId: repository.owner.id,
    repositoryId: repository.id,
    number: on.number,
    kind: on.kind,
    owner: repository.owner.login,
    repository: repository.name,
  }
}

export const personOf = (account: Person): Person => ({ id: account.id, login: account.login })
export const teamOf = ({ id, slug }: z.output<typeof team>): Team => ({
  id,
  slug: slug ?? String(id),
})

/** An account of a type that is not known counts as a bot: bots are given nothing. */
function actorOf(event: string, { sender }: Envelope): Actor {
  if (sender === undefined) throw new DeliveryFault(`${event}: the delivery lacks sender`)
  const { type } = sender
  const known = type === 'User' || type === 'Organization' || type === 'Mannequin'
  return { ...personOf(sender), type: known ? type : 'Bot' }
}
