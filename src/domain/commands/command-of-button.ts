import type { ButtonPressed } from '../signals.ts'
import type { Command } from './types.ts'

/** What a button means. Undefined for one that lacks the code that it needs. */
export function commandOfButton({
  button,
  code,
}: Pick<ButtonPressed, 'button' | 'code'>): Command | undefined {
  switch (button) {
    case 'approve':
      return code === undefined ? undefined : { verb: 'approve', code }
    case 'deny':
      return code === undefined ? undefined : { verb: 'deny', code, because: undefined }
    case 'withdraw':
      return code === undefined ? undefined : { verb: 'withdraw', code }
    case 'done':
      return { verb: 'done' }
    case 'extend':
      return { verb: 'extend', leaseSeconds: undefined }
    case 'revoke':
      return { verb: 'revoke', target: { kind: 'everything' } }
    default:
      return button satisfies never
  }
}
