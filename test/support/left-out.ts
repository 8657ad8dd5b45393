// Says which suites this run leaves out for want of a server, so that a green run is never mistaken for a full one.

const servers = {
  TEST_DATABASE_URL: 'Postgres',
  TEST_REDIS_URL: 'Redis',
} as const

type Environment = Readonly<Record<string, string | undefined>>

/** One line for people; undefined when nothing is left out. Throws where everything must run: with CI set. */
export function leftOut(environment: Environment): string | undefined {
  const missing = Object.entries(servers).filter(([setting]) => !environment[setting])
  if (missing.length === 0) return undefined
  const suites = missing.map(([, server]) => server).join(' and ')
  const settings = missing.map(([setting]) => setting).join(', ')
  const line = `left out: ${suites} suites (set ${settings})`
  if (environment['CI']) throw new Error(`${line}; with CI set nothing may be left out`)
  return line
}

export default function setup(): void {
  const line = leftOut(process.env)
  if (line !== undefined) process.stdout.write(`${line}\n`)
}
