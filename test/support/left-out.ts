// Says which suites this run leaves out for want of a server or a browser, so that a green run is never mistaken for a full one.
import { existsSync } from 'node:fs'

/** Which setting names where it is. */
const servers: Readonly<Record<string, string>> = {
  TEST_DATABASE_URL: 'Postgres',
  TEST_REDIS_URL: 'Redis',
}

/** Debian's. */
export const chromium = '/usr/bin/chromium'

const list = new Intl.ListFormat('en', { style: 'long' })

type Environment = Readonly<Record<string, string | undefined>>

/** One line for people; undefined when nothing is left out. Throws where everything must run: with CI set. */
export function leftOut(environment: Environment, hasChromium: boolean): string | undefined {
  const missing = Object.entries(servers)
    .filter(([setting]) => !environment[setting])
    .map(([setting, server]) => ({ suite: server, how: `set ${setting}` }))
  if (!hasChromium) missing.push({ suite: 'Chromium', how: `install ${chromium}` })
  if (missing.length === 0) return undefined
  const suites = missing.map(({ suite }) => suite)
  const line = `left out: ${list.format(suites)} suites (${missing.map(({ how }) => how).join(', ')})`
  if (environment['CI']) throw new Error(`${line}; with CI set nothing may be left out`)
  return line
}

export default function setup(): void {
  const line = leftOut(process.env, existsSync(chromium))
  if (line !== undefined) process.stdout.write(`${line}\n`)
}
