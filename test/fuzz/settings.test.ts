// Each setting with values that nobody should write: a ConfigError that names it and repeats no secret, or a good value.
import { generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { readConfig, type Environment } from '../../src/config.ts'
import { ConfigError } from '../../src/domain/errors.ts'
import { planted } from '../support/planted.ts'
import { runs } from './runs.ts'

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const good: Environment = {
  APP_ID: '12',
  PRIVATE_KEY: privateKey.export({ type: 'pkcs1', format: 'pem' }) as string,
  WEBHOOK_SECRET: 'sixteen characters at least',
  HALLPASS_ACCOUNTS: '9001',
  HALLPASS_POLICY_FILE: 'policy.yml',
}

const example = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8')
const settings = [...new Set(example.match(/^#? ?[A-Z][A-Z_]+(?==)/gm))].map((name) =>
  name.replace(/^# ?/, ''),
)

/** Longer than what could be an account's name. */
const secret = 'hunter2'.repeat(6)
const secrets = [
  `-----BEGIN RSA PRIVATE KEY-----\n${secret}\n-----END RSA PRIVATE KEY-----`,
  `-----BEGIN RSA PRIVATE KEY-----\\n${secret}`,
  `postgres://user:${secret}@host/db`,
  `redis+sentinel://:${secret}@a,b`,
  `mysql://${secret}`,
  `{"111122223333":{"role":"${secret}"}}`,
  `{"__proto__":{"${secret}":1}}`,
  `ghs_${secret}_${secret}`,
  `${secret},${secret}`,
  Buffer.from(secret.repeat(8)).toString('base64') + secret.repeat(8),
]
const hostile = fc.oneof(
  fc.constantFrom(...secrets),
  fc.constantFrom('', ' ', '0', '-1', '1e3', '0x10', 'NaN', 'Infinity', '9'.repeat(400), '1,', ','),
  fc.constantFrom('__proto__', 'constructor', '/', '..', '\n', '\u2028', '{', '[]', 'null', 'on'),
  fc.constantFrom('http://', 'http://[', 'https://a b', 'javascript:1', '//', '/'.repeat(60_000)),
  fc.string({ unit: 'binary', maxLength: 60 }),
)

const faultOf = (environment: Environment): string | undefined => {
  try {
    readConfig(environment)
    return undefined
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    return error instanceof Error ? error.message : ''
  }
}

test('the settings are found', () => {
  expect(settings.length).toBeGreaterThan(20)
})

test('one wrong value is told by a setting’s name, and no secret with it', () => {
  fc.assert(
    fc.property(fc.constantFrom(...settings), hostile, (name, value) => {
      const fault = faultOf({ ...good, [name]: value })
      if (fault === undefined) return
      expect(settings.some((each) => fault.includes(each))).toBe(true)
      expect(fault).not.toContain(secret)
      expect(fault.length).toBeLessThan(2_000)
    }),
    runs(3_000),
  )
})

test('many of them at once are no worse', () => {
  const some = fc.dictionary(fc.constantFrom(...settings), hostile, { maxKeys: settings.length })
  fc.assert(
    fc.property(some, (values) => {
      expect(faultOf({ ...good, ...values }) ?? '').not.toContain(secret)
    }),
    runs(500),
  )
})

/** Of what is shown of it: half of a secret is one too. */
const coreOf = (each: string): string => each.replace(/^.*?:\/\/[^:]*:/s, '').slice(12, 32)

test.each(Object.entries(planted))('%s in any setting is not repeated', (_, each) => {
  for (const name of settings)
    for (const value of [
      each,
      `${each},`,
      ` ${each} `,
      `{"${each}":"${each}"}`,
      `https://${each}`,
    ]) {
      const fault = faultOf({ ...good, [name]: value }) ?? ''
      expect(fault.includes(coreOf(each)), `${name}: ${fault}`).toBe(false)
    }
})
