// `npm run bench`: figures that anybody can take again. The last line is the report as JSON.
import { cpus } from 'node:os'
import { readArgs, usage } from './args.ts'
import { runExpiry } from './expiry/run-expiry.ts'

try {
  const args = readArgs(process.argv.slice(2))
  if (args.name !== 'expiry')
    throw new Error(`There is no bench ${args.name}. Known is expiry: ${usage}`)
  const say = (line: string) => console.error(line)
  say(`${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}`)
  const report = await runExpiry(args, say)
  console.log(JSON.stringify(report, undefined, args.json ? undefined : 2))
  process.exit(0)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}
