// Strangers flood the ingress with everything at once: true deliveries come through, and its memory stays bounded.
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  deliver,
  head,
  headersFor,
  rawConnection,
  reviewRequested,
  sign,
} from '../entrypoints/ingress.server.ts'

const mega = 1024 * 1024
/** Held bodies may take 100 MB, and Node lets go of what was freed when it pleases. */
const grownMax = 250 * mega

let child: ChildProcess
let url = ''
beforeAll(async () => {
  child = fork(join(import.meta.dirname, 'flooded.starter.ts'), {
    execArgv: ['--max-old-space-size=96'],
  })
  const [ready] = (await once(child, 'message')) as [{ url: string }]
  url = ready.url
})
afterAll(() => child.disconnect())

async function state(): Promise<{ rss: number; accepted: number }> {
  const answered = once(child, 'message')
  child.send('memory')
  const [told] = (await answered) as [{ rss: number; accepted: number }]
  return told
}

/** `lanes` at a time. What it answers does not matter here, nor that it cuts the connection. */
async function flood(times: number, lanes: number, one: (n: number) => Promise<unknown>) {
  let n = 0
  const lane = async () => {
    while (n < times) await one((n += 1)).catch(() => undefined)
  }
  await Promise.all(Array.from({ length: lanes }, lane))
}

const wrong = { 'x-hub-signature-256': sign('something else') }
const large = Buffer.alloc(25 * mega - 1, 0x20)
const hung: ReturnType<typeof rawConnection>[] = []
/** Opened, sent so much, and left. */
const hang = (text: string | Uint8Array): void => {
  const raw = rawConnection({ url })
  raw.socket.write(text)
  hung.push(raw)
}

const floods: Readonly<Record<string, () => Promise<unknown>>> = {
  unsigned: () =>
    flood(4_000, 20, () => deliver({ url }, '{}', { 'x-hub-signature-256': undefined })),
  'wrongly signed': () => flood(4_000, 20, () => deliver({ url }, reviewRequested(), wrong)),
  garbage: () => flood(2_000, 10, (n) => deliver({ url }, `\u0000${'{['.repeat(n % 500)}`)),
  'of the largest size': () => flood(60, 12, () => deliver({ url }, large, wrong)),
  'larger than that': () => flood(200, 10, () => deliver({ url }, Buffer.alloc(26 * mega), wrong)),
  'heads without end': () =>
    flood(200, 10, () => deliver({ url }, '{}', { 'x-more': 'a'.repeat(20_000) })),
  'connections that say nothing': async () => {
    for (let n = 0; n < 600; n += 1) hang('')
  },
  'heads that stop': async () => {
    for (let n = 0; n < 300; n += 1) hang('POST /api/github/webhooks HTTP/1.1\r\nHost: hall')
  },
  'bodies that stop': async () => {
    const headers = { ...headersFor('', wrong), 'content-length': String(20 * mega) }
    for (let n = 0; n < 100; n += 1)
      hang(Buffer.concat([Buffer.from(head(headers)), large.subarray(0, mega)]))
  },
}

test('all at once', async () => {
  const before = await state()
  let flooding = true
  const all = Promise.all(Object.values(floods).map((each) => each())).finally(() => {
    flooding = false
  })
  const statuses: number[] = []
  let rssMax = 0
  for (let n = 1; flooding || n < 50; n += 1) {
    const { status } = await deliver({ url }, reviewRequested({ n }))
    statuses.push(status)
    rssMax = Math.max(rssMax, (await state()).rss)
    await turn()
  }
  await all
  for (const { socket } of hung) socket.destroy()
  expect(statuses.filter((status) => status !== 202)).toEqual([])
  expect((await state()).accepted).toBe(statuses.length)
  expect((rssMax - before.rss) / mega).toBeLessThan(grownMax / mega)
  expect((await deliver({ url }, reviewRequested({ n: 0 }))).status).toBe(202)
})
