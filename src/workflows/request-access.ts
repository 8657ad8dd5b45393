// Somebody asked for access, by whatever act: what policy makes of it, decided over facts read now, recorded whatever the answer.
import { standingRefusal } from '../domain/policy/act-steps.ts'
import { isStartedBy } from '../domain/policy/rule-steps.ts'
import { policyBroken, policyMissing } from '../domain/policy/refuse.ts'
import type { Ask, Refusal } from '../domain/policy/types.ts'
import type { Deps } from './deps.ts'
import { decideAsk } from './decide-ask.ts'
import { readGround, type Ground } from './gather-facts.ts'
import { policyEvents } from './log-policy.ts'
import type { PolicyReading } from './ports.ts'
import { recordOutcome, type Asked } from './record-outcome.ts'
import { namedBy } from './refused-request.ts'
import type { Held } from './under-claim.ts'
import { orUndecided } from './undecided-request.ts'

/**
 * Under the delivery's claim: who lost it must not give what was asked back meanwhile. `acts` are carried out by the
 * commit that records the outcome, whatever that is.
 */
export async function requestAccess(
  deps: Deps,
  ask: Ask,
  held: Held,
  acts: readonly string[] = [],
): Promise<Asked> {
  return orUndecided(ask, async () => {
    const record = (policy: 'unasked' | 'unread', refusal: Refusal) =>
      recordOutcome(
        deps,
        ask,
        held,
        async () => ({
          policy,
          refused: [{ refusal, recipient: namedBy(ask) }],
        }),
        acts,
      )
    const ground = await readGround(deps, ask)
    if (ground === undefined) return record('unasked', gone)
    const unheard = standingRefusal(ask, ground, deps.accounts)
    if (unheard === undefined) return readAndDecide(deps, ask, held, ground, acts)
    return (await concernsNobody(deps, ask, ground)) ? nothing : record('unasked', unheard)
  })
}

async function readAndDecide(
  deps: Deps,
  ask: Ask,
  held: Held,
  ground: Ground,
  acts: readonly string[],
): Promise<Asked> {
  const reading = await deps.policy.read(ask.subject, ground.repository)
  const events = await policyEvents(deps, reading)
  if (reading.kind === 'policy')
    return recordOutcome(deps, ask, held, await decideAsk(deps, ask, ground, reading, events), acts)
  const refusal = unreadable(ask, reading)
  const refused = [{ refusal, recipient: namedBy(ask) }]
  return recordOutcome(deps, ask, held, async () => ({ policy: 'unread', refused, events }), acts)
}

const nothing: Asked = { offers: [], refusals: [], grants: [] }

/** Bots label and assign all day: what no rule looks at is not worth a line in the log. */
async function concernsNobody(deps: Deps, ask: Ask, { repository }: Ground): Promise<boolean> {
  if (ask.trigger !== 'labeled' && ask.trigger !== 'assigned') return false
  if (!deps.accounts.has(repository.accountId)) return true
  const reading = await deps.policy.read(ask.subject, repository)
  return reading.kind !== 'policy' || !reading.policy.rules.some((rule) => isStartedBy(rule, ask))
}

const gone: Refusal = {
  kind: 'refused',
  code: 'subject-closed',
  rule: undefined,
  role: undefined,
  reason: 'The pull request or issue, or its repository, is not there any more.',
  audience: 'log',
}

/** NB: a label or an assignment asks for nothing where there is no policy: nobody is told of one that is missing. */
function unreadable(ask: Ask, reading: Exclude<PolicyReading, { kind: 'policy' }>): Refusal {
  if (reading.kind === 'broken') return policyBroken(reading.problems)
  const refusal = policyMissing(reading.where, reading.why)
  const meant = ask.trigger === 'review_requested' || ask.trigger === 'requested'
  return meant ? refusal : { ...refusal, audience: 'log' }
}
