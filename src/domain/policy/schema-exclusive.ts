// What Hallpass cannot mark as its own: it may be given only where nobody else gives it.
import { z } from 'zod'

export const exclusiveHint = (what: string): string =>
  `write \`exclusive: true\`: Hallpass cannot mark there what it made, so nobody else may ${what}`

export const exclusive = () =>
  z
    .literal(true, { error: 'write `true`, or leave it out' })
    .describe('Nobody but Hallpass gives this to people: what it makes there carries no mark.')
