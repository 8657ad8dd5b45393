import { realTime } from './account.ts'
import { realContract } from './contract.ts'
import { identityCenterAccount, identityCenterModes } from './identity-center.ts'
import { settingsOf } from './settings.ts'

realContract(
  'Identity Center',
  async () => identityCenterAccount(settingsOf('identity-center', process.env), { time: realTime }),
  identityCenterModes,
)
