// Runs until SIGTERM or SIGINT.
import { compose } from './compose.ts'
import { readConfig, type Config } from './config.ts'
import { ConfigError } from './domain/errors.ts'
import { run, type Parts } from './running.ts'

export async function runUntilStopped(command: string, parts: Parts): Promise<void> {
  const config = readSettings()
  if (config.store.kind === 'embedded' && !(parts.ingress && parts.worker))
    throw new ConfigError(
      `\`hallpass ${command}\` shares its ledger with other processes, so it needs DATABASE_URL. The embedded database serves one process: \`npm start\`.`,
    )
  const running = await run(await compose(config), parts)
  await stopped()
  await running.stop()
  // What still hangs (a connection that does not close) must not keep a stopped process alive.
  process.exit(0)
}

function readSettings(): Config {
  try {
    return readConfig(process.env)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    throw new ConfigError(
      `Hallpass cannot start:\n\n  ${error.message.replaceAll('\n', '\n  ')}\n\n.env.example names every setting. To see it work without any: npm run demo`,
      { cause: error },
    )
  }
}

function stopped(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGTERM', () => resolve())
    process.once('SIGINT', () => resolve())
  })
}
