// Serves the playground on loopback: its page, what changes on it, and what a visitor does.
import { randomBytes } from 'node:crypto'
import { Hono, type Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { streamSSE } from 'hono/streaming'
import { listen } from '../../src/entrypoints/ingress/listen.ts'
import type { Stage } from '../stage.ts'
import { perform, type Fields } from './acts.ts'
import { followChanges, type Changes } from './changes.ts'
import { guard, headersOf } from './guard.ts'
import { page } from './page.ts'
import { partIds, partsOf, type Parts } from './parts.ts'
import { currentPolicy, restorePolicy, savePolicy } from './policy-editor.ts'
import { ledgerReader } from './read-ledger.ts'
import { subjectOf } from './subject.ts'

export interface Playground {
  /** Without a slash at its end. */
  readonly url: string
  stop(): Promise<void>
}

const bodyBytesMax = 600 * 1024
/** Answers are short, and whoever pressed Ctrl-C waits. */
const graceMs = 50

export async function servePlayground(stage: Stage, port = 0): Promise<Playground> {
  const changes = followChanges(stage)
  const closing = new AbortController()
  const app = playgroundApp(stage, changes, closing.signal)
  const listening = await listen(app, { host: '127.0.0.1', port })
  return {
    url: listening.url,
    async stop() {
      // A server waits for open event streams for ever.
      closing.abort()
      changes.stop()
      await listening.stop(graceMs)
    },
  }
}

interface Told {
  readonly ok: boolean
  readonly said: string
  readonly text?: string
}

function playgroundApp(stage: Stage, changes: Changes, closing: AbortSignal): Hono {
  const app = new Hono()
  const readLedger = ledgerReader(stage)
  const look = async (number: number): Promise<Parts | undefined> => {
    const view = await readLedger()
    const on = subjectOf(stage, number)
    return on && partsOf(stage, on, view)
  }

  /** The whole page; `told` for who comes without scripts. */
  const show = async (
    c: Context,
    number: number,
    told: Partial<Record<'said' | 'policySaid' | 'policy', string>> = {},
  ) => {
    const [on, parts] = [subjectOf(stage, number), await look(number)]
    if (on === undefined || parts === undefined) return c.text('There is no such subject.', 404)
    const nonce = randomBytes(16).toString('base64')
    const policy = told.policy ?? (await currentPolicy(stage))
    const { said = '', policySaid = '' } = told
    for (const [name, value] of Object.entries(headersOf(nonce))) c.header(name, value)
    return c.html(page({ stage, on, parts, nonce, policy, said, policySaid }))
  }

  app.use(guard)
  app.use(bodyLimit({ maxSize: bodyBytesMax }))
  app.get('/', (c) => c.redirect(`/${stage.scene.pull.number}`))
  app.get('/:number{[0-9]+}', (c) => show(c, Number(c.req.param('number'))))
  app.get('/events/:number{[0-9]+}', (c) =>
    streamSSE(c, async (stream) => {
      const gone = new AbortController()
      stream.onAbort(() => gone.abort())
      const signal = AbortSignal.any([gone.signal, closing])
      const sent = new Map<string, string>()
      while (!signal.aborted) {
        const parts = await look(Number(c.req.param('number')))
        if (parts === undefined) return
        for (const id of partIds) {
          const part = parts[id]
          if (sent.get(id) === part.version) continue
          sent.set(id, part.version)
          await stream.writeSSE({ data: JSON.stringify(part) })
        }
        await changes.next(signal).catch(() => undefined)
      }
    }),
  )
  app.post('/act/:act', async (c) => {
    const fields = await fieldsOf(c)
    const told = attempt(() => perform(stage, c.req.param('act'), fields))
    if (wantsJson(c)) return c.json(told, told.ok ? 200 : 422)
    if (told.ok) return c.redirect(`/${fields['on']}`, 303)
    c.status(422)
    return show(c, Number(fields['on']), { said: told.said })
  })
  app.post('/policy', async (c) => {
    const { text = '', do: what } = await fieldsOf(c)
    const saved: Told =
      what === 'restore'
        ? { ...(await restorePolicy(stage)), text: await currentPolicy(stage) }
        : await savePolicy(stage, text)
    if (wantsJson(c)) return c.json(saved, saved.ok ? 200 : 422)
    c.status(saved.ok ? 200 : 422)
    const policy = saved.ok ? await currentPolicy(stage) : text
    return show(c, stage.scene.pull.number, { policySaid: saved.said, policy })
  })
  app.notFound((c) => c.text('There is nothing here.', 404))
  return app
}

async function fieldsOf(c: Context): Promise<Fields> {
  const form = await c.req.parseBody()
  return Object.fromEntries(
    Object.entries(form).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value]] : [],
    ),
  )
}

const wantsJson = (c: Context): boolean => c.req.header('accept') === 'application/json'

/** What the simulated GitHub refuses is for the visitor to read. */
function attempt(act: () => string): Told {
  try {
    return { ok: true, said: act() }
  } catch (error) {
    return { ok: false, said: error instanceof Error ? error.message : String(error) }
  }
}
