import { GitHubError } from '../../domain/errors.ts'

/** Turns a 404 into a value, for reads whose answer may be "there is none". */
export async function orUndefined<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading
  } catch (error) {
    if (error instanceof GitHubError && error.kind === 'missing') return undefined
    throw error
  }
}
