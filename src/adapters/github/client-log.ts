import { Writable } from 'node:stream'
import { pino, type Logger } from 'pino'
import type { Log } from '../../workflows/ports.ts'
import { redact } from '../../domain/redact.ts'

const warn = 40

/**
 * The logger that Probot and Octokit are given. It passes on the words of warnings and nothing else.
 * NB: with a failing handler Probot logs the error with the whole delivery on it, and with each request its body.
 * The errors themselves are not lost: every one is also thrown to whoever made the call.
 */
export function clientLog(log: Log): Logger {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const logMethod = (parts: readonly unknown[], _write: unknown, level: number) => {
    const words = parts.find((part) => typeof part === 'string')
    if (level === warn && words !== undefined) log.warn('github.client', { words: redact(words) })
  }
  return pino({ level: 'warn', base: null, hooks: { logMethod } }, nowhere)
}
