import type { LoggedEvent } from '../../domain/log/types.ts'
import type { Database } from './database.ts'

export const readLog = (
  db: Database,
  after: number,
  limit: number,
): Promise<readonly LoggedEvent[]> =>
  db
    .selectFrom('events')
    .select(['position', 'canonical', 'hash'])
    .where('position', '>', after)
    .orderBy('position')
    .limit(limit)
    .execute()
