// Started as a process by owner.test.ts: waits for a line, tries to become the owner of argv[2], says what came of it,
// and stays until it is told `release` or killed.
import { createInterface } from 'node:readline'
import { acquireOwner } from '../../src/adapters/owner/owner.ts'

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const say = (what: object): boolean => process.stdout.write(`${JSON.stringify(what)}\n`)

say({ ready: true })
await lines.next()
const owner = await acquireOwner(process.argv[2] ?? '')
say({ kind: owner.kind, pid: owner.kind === 'held' ? owner.pid : process.pid })
await lines.next()
if (owner.kind === 'owner') await owner.release()
process.exit(0)
