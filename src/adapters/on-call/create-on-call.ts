// Who is on call, from the policy's own list or from an HTTP endpoint: whatever is odd about an answer is `down`.
import type { OnCallSource } from '../../domain/policy/types.ts'
import type { Log, OnCall } from '../../workflows/ports.ts'
import { fetchJson } from './fetch-json.ts'
import { OnCallDown } from './on-call-down.ts'
import { selectNames } from './select-names.ts'

export interface OnCallOptions {
  /** The value of a setting. Asked only for names that begin with `HALLPASS_ON_CALL_`. */
  readonly setting: (name: string) => string | undefined
  readonly log: Log
  /** For one call with its body, in milliseconds. */
  readonly timeoutMs?: number | undefined
  /** Ends every call. */
  readonly stopping?: AbortSignal | undefined
}

type HttpSource = Extract<OnCallSource, { kind: 'http' }>

export function createOnCall(options: OnCallOptions): OnCall {
  return {
    async who(source) {
      if (source.kind === 'list') return source.people
      try {
        return await ask(source, options)
      } catch (error) {
        // NB: a URL may hold a key, and what a failed call says may quote the token: only words of our own are logged.
        const why = error instanceof OnCallDown ? error.message : 'no answer'
        options.log.warn('on-call.down', { host: hostOf(source.url), why })
        return 'down'
      }
    },
  }
}

async function ask(source: HttpSource, options: OnCallOptions): Promise<readonly number[]> {
  const token = tokenOf(source, options)
  const timeout = AbortSignal.timeout(options.timeoutMs ?? 3_000)
  const { stopping } = options
  const signal = stopping === undefined ? timeout : AbortSignal.any([timeout, stopping])
  const answer = await fetchJson(source.url, token, signal)
  const people = selectNames(answer, source.select).map((name) => {
    const id = Object.hasOwn(source.people, name) ? source.people[name] : undefined
    if (id === undefined) throw new OnCallDown('it names somebody whom the policy does not know')
    return id
  })
  return [...new Set(people)]
}

/** NB: a policy names the setting whose value is sent: it must not be able to name any other secret. */
const tokenSetting = /^HALLPASS_ON_CALL_[A-Z0-9_]+$/

function tokenOf({ tokenFrom }: HttpSource, { setting }: OnCallOptions): string | undefined {
  if (tokenFrom === undefined) return undefined
  const token = tokenSetting.test(tokenFrom) ? setting(tokenFrom) : undefined
  if (token === undefined || token === '')
    throw new OnCallDown('the setting that holds its token is not there')
  return token
}

const hostOf = (url: string): string => URL.parse(url)?.host ?? 'unknown'
