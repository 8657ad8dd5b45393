// Grants as they are when a request has just been approved, written into the ledger without a pull request for each.
import { apply } from '../../src/domain/grants/apply.ts'
import { leaseEndOf } from '../../src/domain/grants/lease-end.ts'
import { revisionOf } from '../../src/domain/grants/revision.ts'
import type { Offer } from '../../src/domain/grants/types.ts'
import { bindingIdsOf } from '../../src/domain/lanes/bindings-of.ts'
import { isSelfExpiring } from '../../src/domain/lanes/modes.ts'
import type { Subject } from '../../src/domain/subjects.ts'
import type { Deps } from '../../src/workflows/deps.ts'
import type { GrantChange } from '../../src/workflows/ports.ts'
import { newBindingsOf } from '../../src/workflows/start-grant.ts'
import type { Holding } from './twin.ts'

const perCommit = 500

/** All of them end in the same second, which is told. */
export async function giveAll(
  deps: Pick<Deps, 'ledger' | 'clock' | 'random'>,
  holdings: readonly Holding[],
  subjects: readonly Subject[],
  leaseSeconds: number,
): Promise<number> {
  const now = deps.clock.now()
  for (let from = 0; from < holdings.length; from += perCommit) {
    const grants = holdings
      .slice(from, from + perCommit)
      .map((holding, n) => given(deps, offerOf(holding, subjects, from + n, leaseSeconds), now))
    const newBindings = grants.flatMap(({ grant }) => newBindingsOf(deps, grant))
    await deps.ledger.commit({ now, grants, newBindings })
  }
  return leaseEndOf({ leaseSeconds }, now)
}

function given(
  { ledger, random }: Pick<Deps, 'ledger' | 'random'>,
  offer: Offer,
  now: number,
): GrantChange {
  const id = random.grantId()
  const revision = revisionOf(offer, 1, random.code())
  const bindingIds = bindingIdsOf(offer, id, ledger.instance)
  const result = apply(
    { type: 'request', id, revision, lapseSeconds: 3_600, bindingIds },
    undefined,
    now,
  )
  if (result.kind === 'refused') throw new Error(result.reason)
  return { grant: result.grant, expectedVersion: 0, events: result.events }
}

function offerOf(
  { role, principal }: Holding,
  subjects: readonly Subject[],
  n: number,
  leaseSeconds: number,
): Offer {
  const subject = subjects[n % subjects.length]
  if (subject === undefined) throw new Error('There is no subject')
  const person = { id: 1_000_000 + n, login: `dev-${n}` }
  return {
    cause: `bench-${n}`,
    askedAt: 0,
    trigger: 'review_requested',
    rule: 'bench',
    role: 'bench',
    description: 'Read the logs of one project',
    subject,
    recipient: person,
    requester: person,
    bindings: [{ role, principal }],
    leaseSeconds,
    // As long as sessions of AWS's roles last, where one is assumed.
    residualSeconds: 3_600,
    selfExpiring: isSelfExpiring(role),
    approval: 'none',
    separated: [],
    separationUnproven: false,
    team: undefined,
    label: undefined,
    parameters: {},
    reason: undefined,
    breakGlass: undefined,
    until: ['closed'],
    boundHead: undefined,
    policy: {
      organization: { where: 'bench', commit: undefined, blob: '0'.repeat(40) },
      repository: undefined,
    },
    because: 'The bench asked for it',
  }
}
