// Who held what when: a bar for each grant, all on one scale.
import type { Grant } from '../../src/domain/grants/types.ts'
import { latenessText } from '../../src/domain/measures/lateness.ts'
import { html, lasting, time, type Html } from './markup.ts'
import { openIn, partly } from './open-in.ts'
import type { LedgerView } from './read-ledger.ts'

type Kind = 'asked' | 'set-up' | 'held' | 'ahead' | 'ending'

interface Stretch {
  readonly kind: Kind
  readonly from: number
  readonly to: number
}

export function bars({ grants, instance, late, now }: LedgerView): Html {
  if (grants.length === 0) return html`<p class="muted">Nobody asked for access yet.</p>`
  const shown = grants.toReversed()
  const scale = scaleOf(shown, now)
  return html`<ol class="bars">
      ${shown.map((grant) => bar(grant, { scale, instance, now }))}
    </ol>
    <p class="scale muted" aria-hidden="true">${time(scale.from)} <span>${time(scale.to)}</span></p>
    <p class="legend muted" aria-hidden="true">
      <i class="key asked"></i>asked <i class="key held"></i>held <i class="key ahead"></i>until its
      lease ends <i class="key ending"></i>being proven gone
    </p>
    <p class="muted">${latenessText(late)}</p>`
}

interface Scale {
  readonly from: number
  readonly to: number
}

const aheadMsMax = 120_000
const leastMs = 10_000

function scaleOf(grants: readonly Grant[], now: number): Scale {
  const from = Math.min(...grants.map(({ requestedAt }) => requestedAt))
  const ends = grants.flatMap((grant) =>
    stretches(grant, now).map(({ to }) => Math.min(to, now + aheadMsMax)),
  )
  return { from, to: Math.max(from + leastMs, ...ends) }
}

interface Around {
  readonly scale: Scale
  readonly instance: string
  readonly now: number
}

function bar(grant: Grant, { scale, instance, now }: Around): Html {
  const { recipient, role } = grant.revision.offer
  const column = (at: number) =>
    (Math.min(1, Math.max(0, (at - scale.from) / (scale.to - scale.from))) * 1000).toFixed(0)
  const parts = stretches(grant, now).map(({ kind, from, to }) => {
    const width = Math.max(4, Number(column(to)) - Number(column(from)))
    return html`<rect class="${kind}" x="${column(from)}" width="${width}" y="0" height="10" />`
  })
  return html`<li>
    <p>
      <strong>${recipient.login}</strong> <code>${role}</code> <span>${inWords(grant, now)}</span>
    </p>
    <svg viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">
      ${parts}
      <rect class="now" x="${column(now)}" width="2" y="0" height="10" />
    </svg>
    ${openIn(grant, instance)}
  </li>`
}

function stretches(grant: Grant, now: number): readonly Stretch[] {
  const asked = (to: number): Stretch => ({ kind: 'asked', from: grant.requestedAt, to })
  switch (grant.phase) {
    case 'requested':
      return [asked(now)]
    case 'denied':
    case 'withdrawn':
    case 'lapsed':
      return [asked(grant.closedAt)]
    case 'approved':
      return [asked(grant.approvedAt), { kind: 'set-up', from: grant.approvedAt, to: now }]
    case 'active':
      return [
        asked(grant.activatedAt),
        { kind: 'held', from: grant.activatedAt, to: now },
        { kind: 'ahead', from: now, to: grant.endsAt },
      ]
    case 'ending':
    case 'ended': {
      const over = grant.phase === 'ended' ? grant.endedAt : now
      const ending: Stretch = { kind: 'ending', from: grant.endingAt, to: over }
      const { activatedAt } = grant
      if (activatedAt === undefined) return [asked(grant.endingAt), ending]
      const held: Stretch = { kind: 'held', from: activatedAt, to: grant.endingAt }
      return [asked(activatedAt), held, ending]
    }
    default:
      return grant satisfies never
  }
}

function inWords(grant: Grant, now: number): string {
  switch (grant.phase) {
    case 'requested':
      return 'waits for approval'
    case 'approved':
      return 'is being set up'
    case 'active':
      return `holds it${partly(grant)}, ${lasting(grant.endsAt - now)} left`
    case 'ending':
      return 'is ending'
    case 'ended':
      return grant.activatedAt === undefined
        ? 'was never given'
        : `held it for ${lasting(grant.endingAt - grant.activatedAt)}: ${grant.reason.replace('-', ' ')}`
    case 'denied':
    case 'withdrawn':
    case 'lapsed':
      return grant.phase
    default:
      return grant satisfies never
  }
}
