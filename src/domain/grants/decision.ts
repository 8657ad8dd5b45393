import type { Decision, GrantEvent, GrantRefusal } from './types.ts'

export const events = (...happened: readonly GrantEvent[]): Decision => ({
  kind: 'events',
  events: happened,
})

export const refused = (reason: string): GrantRefusal => ({ kind: 'refused', reason })
