import {
  CloudError,
  ConfigError,
  DeliveryFault,
  GitHubError,
  LedgerConflict,
} from '../../domain/errors.ts'

interface ErrorKind {
  readonly source: 'cloud' | 'github' | 'ledger' | 'policy' | 'delivery' | 'settings' | 'other'
  readonly kind: string
}

/** NB: of a set that is small and known: never what an error says. */
export function kindOfError(error: unknown): ErrorKind {
  if (error instanceof AggregateError && error.errors.length > 0)
    return kindOfError(error.errors[0])
  if (error instanceof CloudError) return { source: 'cloud', kind: error.kind }
  if (error instanceof GitHubError) return { source: 'github', kind: error.kind }
  if (error instanceof LedgerConflict) return { source: 'ledger', kind: 'conflict' }
  if (error instanceof DeliveryFault) return { source: 'delivery', kind: 'invalid' }
  if (error instanceof ConfigError) return { source: 'settings', kind: 'invalid' }
  return isOfPostgres(error)
    ? { source: 'ledger', kind: 'database' }
    : { source: 'other', kind: 'fault' }
}

/** SQLSTATE, or what a socket says: five characters, or a word such as ECONNREFUSED. */
const isOfPostgres = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  typeof error.code === 'string' &&
  /^([0-9A-Z]{5}|E[A-Z]{4,15})$/.test(error.code)
