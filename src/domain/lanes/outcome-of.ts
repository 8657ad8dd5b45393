import { CloudError } from '../errors.ts'
import type { Applied, Done } from './types.ts'

/** What came of one change. Its failure keeps no other from being carried out. */
export async function outcomeOf(change: Promise<Done>): Promise<Applied> {
  try {
    return { ok: true, ...(await change) }
  } catch (error) {
    if (!(error instanceof CloudError)) throw error
    return { ok: false, error }
  }
}
