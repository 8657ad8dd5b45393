import { realTime } from './account.ts'
import { realContract } from './contract.ts'
import { gcpAccount, gcpModes } from './gcp.ts'
import { settingsOf } from './settings.ts'

realContract(
  'Google Cloud',
  async () => gcpAccount(settingsOf('gcp', process.env), { time: realTime }),
  gcpModes,
)
