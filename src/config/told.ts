// What of a setting may stand in a message. NB: people paste keys and passwords into the wrong setting, and messages
// end up in logs.
import { withoutSecrets } from '../domain/redact.ts'

const isPlain = (value: string): boolean => withoutSecrets(value) === value

/** A path that reads as one; undefined for what may be anything else. */
export const pathTold = (value: string): string | undefined =>
  /^([A-Za-z]:)?[\w .~\\/-]{1,200}$/.test(value) &&
  /[./\\]/.test(value) &&
  !value.includes('---') &&
  isPlain(value)
    ? value
    : undefined

/** What could be the name of an account. */
export const nameTold = (value: string): string | undefined =>
  /^[A-Za-z0-9-]{1,39}$/.test(value) && isPlain(value) ? value : undefined
