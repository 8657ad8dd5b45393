import { randomBytes } from 'node:crypto'
import { chmod, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { newestClaim, pruneClaims, publishClaim, withdrawClaim } from './claims.ts'
import { openDoor, type Door, type Fetch } from './door.ts'
import { withShortPath } from './socket-path.ts'

export interface Owner {
  readonly kind: 'owner'
  /** What answers the requests of `askOwner`, apart from `GET /owner`. Until then they get 503. */
  readonly serve: (fetch: Fetch) => void
  /** Last of all: the directory is free for the next from here on. */
  readonly release: () => Promise<void>
}

/** Undefined when somebody else was faster. The socket listens before the claim names it, and serves one claim only. */
export async function tryClaim(place: string, number: number): Promise<Owner | undefined> {
  const socket = `${randomBytes(4).toString('hex')}.sock`
  const door = await openSocket(join(place, socket))
  let won = false
  try {
    if (!(await publishClaim(place, number, { pid: process.pid, socket }))) return undefined
    if ((await newestClaim(place))?.number !== number) {
      await withdrawClaim(place, number)
      return undefined
    }
    await pruneClaims(place, number)
    won = true
    return { kind: 'owner', serve: door.serve, release: () => closeSocket(door, place, socket) }
  } finally {
    if (!won) await closeSocket(door, place, socket)
  }
}

async function openSocket(path: string): Promise<Door> {
  const door = await withShortPath(path, openDoor)
  await chmod(path, 0o600)
  return door
}

async function closeSocket(door: Door, place: string, socket: string): Promise<void> {
  await rm(join(place, socket), { force: true })
  await door.close()
}
