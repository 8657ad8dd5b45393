import { createHash } from 'node:crypto'
import { chmod, lstat, mkdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigError } from '../../domain/errors.ts'

/** `<directory>/owner`, made if need be: claims and sockets, entered by this user only. */
export async function makePlace(directory: string): Promise<string> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const place = join(await realpath(directory), 'owner')
  await mkdir(place, { recursive: true, mode: 0o700 })
  const found = await lstat(place)
  if (!found.isDirectory())
    throw new ConfigError(`${place} is in the way: it has to be a directory`)
  if ((found.mode & 0o077) !== 0) await chmod(place, 0o700)
  return place
}

/** Windows has named pipes instead of socket files: one name for each directory, whatever it is reached by. */
export async function pipeName(directory: string): Promise<string> {
  await mkdir(directory, { recursive: true })
  const real = (await realpath(directory)).toLowerCase()
  const key = createHash('sha256').update(real).digest('hex').slice(0, 32)
  return `\\\\.\\pipe\\hallpass-${key}`
}
