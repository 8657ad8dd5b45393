// Each defence that the design promises, with the test that fails without it.
import type { Defence } from './defence.ts'
import { approving } from './entries/approving.ts'
import { asking } from './entries/asking.ts'
import { clouds } from './entries/clouds.ts'
import { doors } from './entries/doors.ts'
import { ledger } from './entries/ledger.ts'
import { recovery } from './entries/recovery.ts'
import { secrets } from './entries/secrets.ts'
import { standing } from './entries/standing.ts'

export const defences: readonly Defence[] = [
  ...approving,
  ...asking,
  ...standing,
  ...clouds,
  ...doors,
  ...ledger,
  ...recovery,
  ...secrets,
]
