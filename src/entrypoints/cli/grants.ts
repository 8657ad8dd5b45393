import { latenessText } from '../../domain/measures/lateness.ts'
import type { GrantSummary } from '../../workflows/grant-summary.ts'
import type { Operations } from '../../workflows/operations.ts'
import { table } from './table.ts'

export interface Output {
  line(text: string): void
}

/** `hallpass grants`: who holds what now, and with `--all` what ended. */
export async function listGrants(
  operations: Operations,
  options: { all: boolean; json: boolean },
  output: Output,
): Promise<void> {
  const grants = await operations.grants({ all: options.all })
  if (options.json) return output.line(JSON.stringify(grants, null, 2))
  output.line(grants.length === 0 ? noneOf(options) : tableOf(grants))
  const late = latenessText((await operations.lateness()).all)
  if (late !== '') output.line(`\n${late}`)
}

const noneOf = ({ all }: { all: boolean }): string =>
  all ? 'No grants yet.' : 'Nobody holds anything. (--all shows what ended.)'

const tableOf = (grants: readonly GrantSummary[]): string =>
  table(['GRANT', 'STATE', 'WHO', 'ROLE', 'WHERE', 'UNTIL', ''], grants.map(rowOf))

function rowOf(grant: GrantSummary): readonly string[] {
  return [
    grant.id,
    grant.phase,
    grant.recipient.login,
    grant.role,
    grant.subject,
    grant.endedAt ?? grant.endsAt ?? '',
    [grant.reason ?? '', sessions(grant), grant.stuck === null ? '' : `STUCK ${grant.stuck}`]
      .filter((text) => text !== '')
      .join(', '),
  ]
}

const sessions = ({ phase, sessionsUntil }: GrantSummary): string =>
  phase === 'ending' && sessionsUntil !== null ? `sessions until ${sessionsUntil}` : ''

/** `hallpass revoke <grant>`. Returns the exit status. */
export async function revoke(
  operations: Operations,
  id: string,
  operator: string,
  output: Output,
): Promise<number> {
  switch (await operations.revoke(id, operator)) {
    case 'revoked':
      output.line(
        `${id} is ending: its access is being removed. \`hallpass grants\` shows when that is proven.`,
      )
      return 0
    case 'not-live':
      output.line(`${id} holds nothing that could be revoked: it has ended, or is ending already.`)
      return 1
    case 'unknown':
      output.line(`There is no grant ${id}. \`hallpass grants --all\` lists them.`)
      return 1
  }
}
