// The ledger's log, newest first: what was decided, and the hash that each line carries on.
import type { Grant } from '../../src/domain/grants/types.ts'
import { html, time, type Html } from './markup.ts'
import type { LedgerView } from './read-ledger.ts'

const linesMax = 30

export function logLines({ events, grants }: LedgerView): Html {
  const lines = events.slice(-linesMax).toReversed()
  return html`<ol class="log" reversed>
    ${lines.map(({ canonical, position, hash }) => {
      const { at, type, stream } = JSON.parse(canonical) as Line
      return html`<li>
        <span class="position">${position}</span>
        <span class="what">${type}<small>${aboutOf(stream, grants)}</small></span>
        <span class="muted">${time(Date.parse(at))}</span>
        <code title="SHA-256 of this line and its predecessor's">${hash.slice(0, 8)}</code>
      </li>`
    })}
  </ol>`
}

/** What is read here of a line's canonical text. */
interface Line {
  readonly at: string
  readonly type: string
  readonly stream: string
}

/** NB: the log itself commits to people's names and does not hold them: this one comes from the grant. */
function aboutOf(stream: string, grants: readonly Grant[]): string {
  const [kind = '', id = ''] = stream.split(':', 2)
  if (kind !== 'grant') return kind
  const login = grants.find((grant) => grant.id === id)?.revision.offer.recipient.login
  return login === undefined ? `grant ${id}` : `${login}, grant ${id}`
}
