import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { guard, headersOf } from '../../demo/playground/guard.ts'

const app = new Hono()
app.use(guard)
app.all('*', (c) => c.text('served'))

const here = '127.0.0.1:4000'
const asked = async (method: string, path: string, headers: Record<string, string>) =>
  (await app.request(path, { method, headers: { host: here, ...headers } })).status

test('the page and its own forms are served', async () => {
  expect(await asked('GET', '/1', {})).toBe(200)
  expect(await asked('GET', '/1', { host: 'localhost:4000' })).toBe(200)
  expect(await asked('GET', '/events/1', { 'sec-fetch-site': 'same-origin' })).toBe(200)
  const own = { origin: `http://${here}`, 'sec-fetch-site': 'same-origin' }
  expect(await asked('POST', '/act/comment', own)).toBe(200)
})

test.each([
  ['a name that was pointed here', 'GET', '/1', { host: 'evil.example:4000' }],
  ['a name that begins alike', 'GET', '/1', { host: '127.0.0.1.evil.example' }],
  ['no name', 'GET', '/1', { host: '' }],
  ['a form of another site', 'POST', '/policy', { origin: 'https://evil.example' }],
  ['a form of another port', 'POST', '/policy', { origin: 'http://127.0.0.1:5000' }],
  ['a form of nobody', 'POST', '/policy', { origin: 'null' }],
  ['a form that does not say whose it is', 'POST', '/policy', {}],
  [
    'a form whose origin is contradicted',
    'POST',
    '/policy',
    { origin: `http://${here}`, 'sec-fetch-site': 'cross-site' },
  ],
  ['a stream for another site', 'GET', '/events/1', { 'sec-fetch-site': 'cross-site' }],
] as const)('%s is refused', async (_, method, path, headers) => {
  expect(await asked(method, path, headers)).toBe(403)
})

test('the page runs nothing but what bears its nonce', () => {
  const policy = headersOf('N')['content-security-policy']
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("script-src 'nonce-N'")
  expect(policy).not.toMatch(/unsafe|\*|https?:/)
})
