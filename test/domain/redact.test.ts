import { describe, expect, it } from 'vitest'
import { redact, withoutSecrets, wordsOf } from '../../src/domain/redact.ts'
import { planted } from '../support/planted.ts'

describe.each(Object.entries(planted))('%s', (_, secret) => {
  it.each<readonly [string, (secret: string) => string]>([
    ['after words', (each) => `the call with ${each} failed`],
    ['in a header', (each) => `{"authorization":"Bearer ${each}","status":401}`],
    ['in a query', (each) => `GET https://api.example.com/x?access_token=${each}&y=1`],
    ['in a form', (each) => `client_secret=${each}&grant_type=x`],
    ['in JSON', (each) => `{"token": "${each}"}`],
    ['in XML', (each) => `<SessionToken>${each}</SessionToken>`],
    ['over lines', (each) => `failed:\n${each}\nat somewhere`],
  ])('is not told %s', (_where, sentence) => {
    for (const told of [redact, withoutSecrets, (text: string) => wordsOf(new Error(text))])
      expect(told(sentence(secret))).not.toContain(coreOf(secret))
  })
})

/** Half of a secret is one too. */
const coreOf = (secret: string) => secret.replace(/^.*?:\/\/[^:]*:/s, '').slice(12, 36)

it.each([
  'GitHub: could not read acme/shop at 0123456789abcdef0123456789abcdef01234567 (404: Not Found)',
  'AWS IAM: PutUserPolicy failed for arn:aws:iam::111122223333:user/octocat (AccessDenied, request 8f9a-11)',
  'the token is expired, and the password is wrong',
  'see https://docs.github.com/rest/apps/apps#create-an-installation-access-token',
  'postgres://127.0.0.1:5432/hallpass does not answer',
])('leaves alone: %s', (text) => {
  expect(redact(text)).toBe(text)
})
