// What every handled delivery carries, read field by field: a body may lack or misstate anything.
import { z } from 'zod'
import { DeliveryFault } from '../../domain/errors.ts'
import type { Instant } from '../../domain/time.ts'
import type { Actor, Person, Subject } from '../../domain/subjects.ts'

const id = z.int().positive()
const text = z.string().min(1)

export const account = z.object({ id, login: text, type: z.string().optional() })

export const pullRequest = z.object({
  number: id,
  updated_at: z.iso
    .datetime({ offset: true })
    .transform((iso): Instant => Date.parse(iso))
    .pipe(z.int()),
})

/** GitHub leaves the installation out of deliveries that are no App's: those are faults here, though legal in its types. */
export const envelope = {
  installation: z.object({ id }).optional(),
  repository: z.object({ id, name: text, owner: account }),
  sender: account,
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

const envelopeSchema = z.object({ ...envelope, pull_request: pullRequest })
type Envelope = z.output<typeof envelopeSchema>

/** The fields that every signal about a pull request shares. `at` comes from the signed body: headers are not signed. */
export function signalBase(event: string, payload: Envelope, delivery: string) {
  return {
    delivery,
    subject: subjectOf(event, payload),
    actor: actorOf(payload.sender),
    at: payload.pull_request.updated_at,
  }
}

function subjectOf(event: string, payload: Envelope): Subject {
  const { installation, repository } = payload
  if (installation === undefined)
    throw new DeliveryFault(`${event}: the delivery lacks installation.id`)
  return {
    installationId: installation.id,
    accountId: repository.owner.id,
    repositoryId: repository.id,
    number: payload.pull_request.number,
    kind: 'pull_request',
    owner: repository.owner.login,
    repository: repository.name,
  }
}

export const personOf = (account: Person): Person => ({ id: account.id, login: account.login })

/** An account of a type that is not known counts as a bot: bots are given nothing. */
function actorOf(sender: z.output<typeof account>): Actor {
  const { type } = sender
  const known = type === 'User' || type === 'Organization' || type === 'Mannequin'
  return { ...personOf(sender), type: known ? type : 'Bot' }
}
