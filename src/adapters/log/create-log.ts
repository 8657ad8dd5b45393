// One JSON line a transition. What an error says is cut down to its words, without credentials.
import { pino, type DestinationStream } from 'pino'
import { redact } from '../../domain/redact.ts'
import type { Log, LogFields } from '../../workflows/ports.ts'

export function createLog(level: string, destination?: DestinationStream): Log {
  const logger = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination)
  const write = (method: 'info' | 'warn' | 'error') => (id: string, fields?: LogFields) => {
    if (logger.isLevelEnabled(method)) logger[method]({ id, ...shown(fields) })
  }
  return { info: write('info'), warn: write('warn'), error: write('error') }
}

function shown(fields: LogFields | undefined): Record<string, unknown> {
  if (fields === undefined) return {}
  const { error, ...rest } = fields
  const words = Object.entries(rest).map(([name, value]) => [
    name,
    typeof value === 'string' ? redact(value) : value,
  ])
  return {
    ...(Object.fromEntries(words) as Record<string, unknown>),
    ...(error === undefined ? {} : { error: describe(error) }),
  }
}

/** The error and its causes, outermost first: names and messages, never the objects, which may carry requests and payloads. */
function describe(error: unknown, depth = 0): string {
  if (!(error instanceof Error)) return redact(String(error))
  const inner =
    error instanceof AggregateError ? (error.errors as readonly unknown[])[0] : error.cause
  const own = redact(`${error.name}: ${error.message}`)
  return inner === undefined || depth === 4 ? own : `${own} ← ${describe(inner, depth + 1)}`
}
