// What the command line says, and a clear error where it says something else.
import { parseArgs } from 'node:util'

/** What is undefined is left to the bench. */
export interface BenchArgs {
  /** Undefined: all of them, one after the other. */
  readonly name: string | undefined
  readonly json: boolean
  readonly grants: number | undefined
  readonly lanes: number | undefined
  /** Ended grants that lie in the ledger before. */
  readonly history: number
  readonly callMs: number
  readonly leaseSeconds: number
  readonly deliveries: number | undefined
  readonly connections: number | undefined
  readonly rounds: number | undefined
}

export const usage =
  'npm run bench -- [name] [--json] [--grants 10000] [--lanes 50] [--call-ms 50] [--lease 60] [--history 1000000] [--deliveries 6000] [--connections 200] [--rounds 5]'

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
      deliveries: { type: 'string' },
      connections: { type: 'string' },
      rounds: { type: 'string' },
      history: { type: 'string', default: '1000000' },
    },
  })
  const [name, ...more] = positionals
  if (more.length > 0) throw new Error(`One bench at a time, or all of them: ${usage}`)
  return {
    name,
    json: values.json,
    grants: optional('grants', values.grants, 1),
    lanes: optional('lanes', values.lanes, 1),
    history: whole('history', values.history, 1),
    callMs: whole('call-ms', values['call-ms'], 0),
    leaseSeconds: whole('lease', values.lease, 5),
    deliveries: optional('deliveries', values.deliveries, 1),
    connections: optional('connections', values.connections, 1),
    rounds: optional('rounds', values.rounds, 1),
  }
}

const optional = (name: string, written: string | undefined, min: number): number | undefined =>
  written === undefined ? undefined : whole(name, written, min)

function whole(name: string, written: string, min: number): number {
  const value = Number(written)
  if (Number.isSafeInteger(value) && value >= min) return value
  throw new Error(`--${name} takes a whole number of at least ${min}: ${usage}`)
}
