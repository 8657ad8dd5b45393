import { join } from 'node:path'
import { askOwner } from './ask-owner.ts'
import { codeOf, newestClaim, type Claim } from './claims.ts'
import { openDoor, somebodyListens } from './door.ts'
import { makePlace, pipeName } from './place.ts'
import { withShortPath } from './socket-path.ts'
import { tryClaim, type Owner } from './try-claim.ts'

export { askOwner } from './ask-owner.ts'

export type Ownership = Owner | { readonly kind: 'held'; readonly pid: number | undefined }

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
