import { CloudError } from '../../../domain/errors.ts'
import type { Evidence } from '../../../domain/lanes/types.ts'
import type { Answer } from '../exchange.ts'

/** Of a write that only makes sense on what is there. Throws CloudError('missing') in those words. */
export async function required(answer: Promise<Answer<unknown>>, why: string): Promise<Evidence> {
  const { found, evidence } = await answer
  if (found === undefined) throw new CloudError('missing', why)
  return evidence
}
