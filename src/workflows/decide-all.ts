// Takes commands to grants: decided on what the ledger holds now, committed together, and decided anew when it changed meanwhile.
import { apply } from '../domain/grants/apply.ts'
import type { Grant, GrantCommand } from '../domain/grants/types.ts'
import { ActRepeated, LedgerConflict } from '../domain/errors.ts'
import type { Instant } from '../domain/time.ts'
import type { Commit, GrantChange } from './ports.ts'
import { commitAndNudge, type LedgerDeps } from './deps.ts'

export interface Commanded {
  readonly grant: Grant
  readonly command: GrantCommand
}

const triesMax = 5

/** `read` is asked again after each conflict. Commands that a grant refuses are left out. Returns what changed. */
export async function decideAll(
  deps: LedgerDeps,
  read: () => Promise<readonly Commanded[]>,
  rest: Omit<Commit, 'now' | 'grants'> = {},
): Promise<readonly GrantChange[]> {
  return retryingConflicts(async () => {
    const now = deps.clock.now()
    const grants = changesOf(await read(), now)
    if (grants.length > 0) {
      await commitAndNudge(deps, { ...rest, now, grants })
      logChanges(deps, grants)
    }
    return grants
  })
}

/** Several commands to one grant are decided in their order, each on the state that the former left. */
export function changesOf(commanded: readonly Commanded[], now: Instant): readonly GrantChange[] {
  const changes = new Map<string, GrantChange>()
  for (const { grant, command } of commanded) {
    const former = changes.get(grant.id)
    const result = apply(command, former?.grant ?? grant, now)
    if (result.kind === 'refused') continue
    changes.set(grant.id, {
      grant: result.grant,
      expectedVersion: former?.expectedVersion ?? grant.version,
      events: [...(former?.events ?? []), ...result.events],
    })
  }
  return [...changes.values()].filter(({ events }) => events.length > 0)
}

export async function retryingConflicts<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work()
    } catch (error) {
      if (error instanceof ActRepeated || !(error instanceof LedgerConflict)) throw error
      if (tries === triesMax) throw error
    }
  }
}

export function logChanges(deps: LedgerDeps, changes: readonly GrantChange[]): void {
  for (const { grant, events } of changes) {
    const { subject, role, recipient } = grant.revision.offer
    for (const event of events)
      deps.log.info(event.type, {
        grant: grant.id,
        repo: subject.repositoryId,
        subject: subject.number,
        role,
        recipient: recipient.id,
        ...(event.type === 'grant.ending' ? { reason: event.reason } : {}),
      })
  }
}
