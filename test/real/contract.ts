import { afterAll, beforeAll, describe } from 'vitest'
import { cloudContract } from '../contracts/cloud.ts'
import { onlyInTwins } from '../contracts/twin.ts'
import { admit, sweep, type RealAccount, type Say } from './account.ts'

const toPeople: Say = (line) => void process.stdout.write(`${line}\n`)

/** The contract of clouds, in an account that was made for it, which is left as it was. */
export function realContract(
  name: string,
  account: () => Promise<RealAccount>,
  modes: readonly string[],
  say: Say = toPeople,
): void {
  describe(`${name}, in an account`, () => {
    let current: RealAccount | undefined
    // NB: set only once it was admitted: without it no test writes, and nothing is swept.
    let admitted: RealAccount | undefined
    beforeAll(async () => {
      current = await account()
      await admit(current, say)
      admitted = current
    })
    afterAll(async () => {
      say(`left out, as only a twin can be put through it: ${onlyInTwins.join('; ')}`)
      try {
        if (admitted !== undefined) await sweep(admitted)
      } finally {
        await current?.close()
      }
    })
    for (const mode of modes)
      cloudContract(`${name}, ${mode}`, async () => {
        const found = admitted?.modes.find((it) => it.name === mode)
        if (admitted === undefined || found === undefined)
          throw new Error(`${name} was not admitted, or has no ${mode}`)
        const { close, ...t } = await found.setUp()
        const swept = admitted
        return {
          ...t,
          close: async () => {
            await close()
            await sweep(swept)
          },
        }
      })
  })
}
