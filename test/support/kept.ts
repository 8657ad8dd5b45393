// A store for a whole Hallpass in this process.
import { rm } from 'node:fs/promises'
import type { StoreConfig } from '../../src/config.ts'
import type { TestStore } from './databases.ts'
import { embeddedDirectory } from './embedded-template.ts'

export interface Kept {
  readonly config: StoreConfig
  close(): Promise<void>
}

export async function keep(store: TestStore): Promise<Kept> {
  if (store.name === 'embedded') {
    const directory = await embeddedDirectory()
    return {
      config: { kind: 'embedded', directory, cloudAccepted: false },
      close: () => rm(directory, { recursive: true, force: true }),
    }
  }
  const { databaseUrl, redisUrl, close } = await store.fresh()
  if (databaseUrl === undefined) throw new Error(`${store.name} has no server`)
  return { config: { kind: 'postgres', databaseUrl, redisUrl }, close }
}
