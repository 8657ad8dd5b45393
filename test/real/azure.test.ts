import { realTime } from './account.ts'
import { azureAccount, azureModes } from './azure.ts'
import { realContract } from './contract.ts'
import { listOf, settingsOf } from './settings.ts'

const [, , asked = ''] = settingsOf('azure', process.env)

realContract(
  'Azure',
  () => azureAccount(settingsOf('azure', process.env), { time: realTime }),
  azureModes.filter((mode) => listOf(asked).includes(mode)),
)
