// What the command line says, and a clear error where it says something else.
import { parseArgs } from 'node:util'

export interface BenchArgs {
  readonly name: string
  readonly json: boolean
  /** Undefined: what the bench takes by itself. */
  readonly grants: number | undefined
  readonly lanes: number | undefined
  readonly callMs: number
  readonly leaseSeconds: number
}

export const usage =
  'npm run bench -- [expiry] [--json] [--grants 10000] [--lanes 50] [--call-ms 50] [--lease 60]'

export function readArgs(written: readonly string[]): BenchArgs {
  const { values, positionals } = parseArgs({
    args: [...written],
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      grants: { type: 'string' },
      lanes: { type: 'string' },
      'call-ms': { type: 'string', default: '50' },
      lease: { type: 'string', default: '60' },
    },
  })
  const [name = 'expiry', ...more] = positionals
  if (more.length > 0) throw new Error(`One bench at a time: ${usage}`)
  return {
    name,
    json: values.json,
    grants: values.grants === undefined ? undefined : whole('grants', values.grants, 1),
    lanes: values.lanes === undefined ? undefined : whole('lanes', values.lanes, 1),
    callMs: whole('call-ms', values['call-ms'], 0),
    leaseSeconds: whole('lease', values.lease, 5),
  }
}

function whole(name: string, written: string, min: number): number {
  const value = Number(written)
  if (Number.isSafeInteger(value) && value >= min) return value
  throw new Error(`--${name} takes a whole number of at least ${min}: ${usage}`)
}
