import { realTime } from './account.ts'
import { awsAccount, awsModes } from './aws.ts'
import { realContract } from './contract.ts'
import { settingsOf } from './settings.ts'

realContract(
  'AWS',
  async () => awsAccount(settingsOf('aws', process.env), { time: realTime }),
  awsModes,
)
