import type { Lane, Principal } from './types.ts'

/** The cloud resource that one writer at a time reads and writes for this principal: its IAM user, by immutable id. */
export const laneOf = (principal: Principal): Lane => ({
  id: `aws/${principal.account}/user/${principal.userId}`,
  principal,
})
