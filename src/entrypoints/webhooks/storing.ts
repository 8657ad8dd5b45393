import type { PinnedPlace } from '../../workflows/ports.ts'
import { handledEvents } from './routes.ts'

type IsStored = (event: string, repositoryId: number | undefined) => boolean

/** Which deliveries are kept. Of pushes those alone to the repository that holds the organization's document: a busy organization has thousands a day. */
export function storing(pinned: Pick<PinnedPlace, 'repositoryId'> | undefined): IsStored {
  const handled: ReadonlySet<string> = new Set(handledEvents)
  return (event, repositoryId) =>
    handled.has(event) && (event !== 'push' || repositoryId === pinned?.repositoryId)
}
