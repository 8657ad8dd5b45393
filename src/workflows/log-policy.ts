// The log tells which policy was in force: one event for each new content of a document.
import type { NewEvent } from '../domain/log/types.ts'
import type { PolicyReading } from './ports.ts'
import type { Deps } from './deps.ts'

export async function policyEvents(
  deps: Deps,
  reading: PolicyReading,
): Promise<readonly NewEvent[]> {
  const events = eventsOf(reading)
  const known = await Promise.all(
    events.map(({ event }) => deps.ledger.lastPolicyBlob(event.document.where)),
  )
  return events.filter(({ event }, index) => event.document.blob !== known[index])
}

function eventsOf(reading: PolicyReading) {
  switch (reading.kind) {
    case 'missing':
      return []
    case 'broken': {
      const { document, problems } = reading
      return [{ stream: 'policy', event: { type: 'policy.broken', document, problems } as const }]
    }
    case 'policy': {
      const { organization, repository } = reading.policy.source
      const documents = repository === undefined ? [organization] : [organization, repository]
      return documents.map((document) => ({
        stream: 'policy',
        event: { type: 'policy.loaded', document } as const,
      }))
    }
  }
}
