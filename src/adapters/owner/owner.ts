import { randomBytes } from 'node:crypto'
import { chmod, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { askOwner } from './ask-owner.ts'
import {
  codeOf,
  newestClaim,
  pruneClaims,
  publishClaim,
  withdrawClaim,
  type Claim,
} from './claims.ts'
import { openDoor, somebodyListens, type Door, type Fetch } from './door.ts'
import { makePlace, pipeName } from './place.ts'
import { withShortPath } from './socket-path.ts'

export { askOwner, type OwnerAnswer, type OwnerRequest } from './ask-owner.ts'

export type Ownership =
  | {
      readonly kind: 'owner'
      /** What answers the requests of `askOwner`, apart from `GET /owner`. Until then they get 503. */
      serve(fetch: Fetch): void
      /** Last of all: the directory is free for the next from here on. */
      release(): Promise<void>
    }
  | { readonly kind: 'held'; readonly pid: number | undefined }

/**
 * The right to be the one process that works in this directory, until `release` or the end of the process, whatever
 * ends it. The directory must be on a file system of this machine. Only `<directory>/owner` is written to.
 */
export function acquireOwner(directory: string): Promise<Ownership> {
  return process.platform === 'win32' ? acquireByPipe(directory) : acquireByClaim(directory)
}

async function acquireByClaim(directory: string): Promise<Ownership> {
  const place = await makePlace(directory)
  for (;;) {
    const newest = await newestClaim(place)
    if (newest !== undefined && (await isLive(place, newest))) {
      return { kind: 'held', pid: newest.content?.pid }
    }
    const owner = await tryClaim(place, (newest?.number ?? 0) + 1)
    if (owner !== undefined) return owner
  }
}

async function isLive(place: string, { content }: Claim): Promise<boolean> {
  return content !== undefined && withShortPath(join(place, content.socket), somebodyListens)
}

/** Undefined when somebody else was faster. The socket listens before the claim names it, and serves one claim only. */
async function tryClaim(place: string, number: number): Promise<Ownership | undefined> {
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

/** Windows lets only one process make a pipe of a name, and takes the pipe away when that process ends. */
async function acquireByPipe(directory: string): Promise<Ownership> {
  try {
    const door = await openDoor(await pipeName(directory))
    return { kind: 'owner', serve: door.serve, release: door.close }
  } catch (error) {
    if (codeOf(error) !== 'EADDRINUSE') throw error
    const answer = await askOwner(directory, { method: 'GET', path: '/owner' })
    const pid = /^\{"pid":(\d+)\}$/.exec(answer?.body ?? '')?.[1]
    return { kind: 'held', pid: pid === undefined ? undefined : Number(pid) }
  }
}
