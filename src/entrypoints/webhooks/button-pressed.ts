import type { Context } from 'probot'
import { z } from 'zod'
import { readCode } from '../../domain/commands/codes.ts'
import { DeliveryFault } from '../../domain/errors.ts'
import type { Button, ButtonPressed } from '../../domain/signals.ts'
import { toIso } from '../../domain/time.ts'
import { commitSha, envelope, id, instant, readPayload, signalBase } from './payload.ts'

export const buttonPressedEvents = ['check_run.requested_action'] as const
type Payload = Context<(typeof buttonPressedEvents)[number]>['payload']

const event = 'check_run.requested_action'
const schema = z.object({
  ...envelope,
  requested_action: z.object({ identifier: z.string().optional() }).optional(),
  check_run: z.object({
    id,
    name: z.string(),
    head_sha: commitSha,
    external_id: z.string().nullable(),
    started_at: instant.nullish(),
    completed_at: instant.nullish(),
  }),
})
type Run = z.output<typeof schema>['check_run']

const buttons: ReadonlySet<string> = new Set<Button>([
  'approve',
  'deny',
  'withdraw',
  'done',
  'extend',
  'revoke',
])
const isButton = (identifier: string): identifier is Button => buttons.has(identifier)

/** Undefined for a run or a button that is none of ours. */
export function toButtonPressed(payload: Payload, delivery: string): ButtonPressed | undefined {
  const read = readPayload(event, schema, payload)
  const { check_run: run, repository } = read
  const button = read.requested_action?.identifier
  const about = aboutOf(run.external_id ?? '')
  if (button === undefined || !isButton(button) || about === undefined) return undefined
  if (about.repositoryId !== repository.id)
    throw new DeliveryFault(`${event}: check_run.external_id names another repository`)
  // NB: GitHub does not say when a button was pressed. This is when it appeared, which tells nothing of the act's age.
  const at = run.completed_at ?? run.started_at
  if (at === undefined || at === null)
    throw new DeliveryFault(`${event}: the delivery lacks check_run.completed_at`)
  const on = { number: about.number, kind: 'pull_request', at } as const
  const base = signalBase(event, read, delivery, on)
  return {
    type: 'ButtonPressed',
    ...base,
    button,
    checkId: run.id,
    headSha: run.head_sha,
    code: codeOf(run),
    cause: ['button', run.id, button, base.actor.id, toIso(at), run.external_id].join('/'),
  }
}

/**
 * NB: never from `check_run.pull_requests`: that lists others' pull requests with the same head, and none of a fork's.
 * Only the App that made a run can write its external id.
 */
function aboutOf(externalId: string): { repositoryId: number; number: number } | undefined {
  const [, repository, number] =
    /^hallpass:[^:]+:([1-9]\d{0,14})#([1-9]\d{0,14}):/.exec(externalId) ?? []
  if (repository === undefined || number === undefined) return undefined
  return { repositoryId: Number(repository), number: Number(number) }
}

function codeOf({ name }: Run): string | undefined {
  const [, written] = /^hallpass\/offer (\S+)$/.exec(name) ?? []
  const code = readCode(written)
  return typeof code === 'string' ? code : undefined
}
