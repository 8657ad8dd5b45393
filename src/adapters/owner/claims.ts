// Who owns a directory is written in claims, `claim.1`, `claim.2`, …: the newest one counts, as long as its socket
// answers. A starter that finds the newest dead publishes the next number, which only one can. The newest is never
// removed or replaced, not even by its own process when that ends: so a slow starter that still looks at an older one
// can at most publish a number below the newest, sees that afterwards, and withdraws.
import { randomBytes } from 'node:crypto'
import { link, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface Claim {
  readonly number: number
  /** Undefined when the claim cannot be read: it was lost in a power cut, and its process with it. */
  readonly content: { readonly pid: number; readonly socket: string } | undefined
}

/**
 * How many old claims stay behind the newest. Whoever lists the directory while claims come and go may miss the one
 * that was just made and the one that was just removed; it cannot miss eight.
 */
const oldClaimsKept = 8

const fileOf = (place: string, number: number): string => join(place, `claim.${number}`)

export async function newestClaim(place: string): Promise<Claim | undefined> {
  for (;;) {
    const number = Math.max(0, ...(await numbers(place)))
    if (number === 0) return undefined
    const text = await readOrMissing(fileOf(place, number))
    // Withdrawn or removed since: there is a newer one.
    if (text !== undefined) return { number, content: parse(text) }
  }
}

/** False when somebody else has published this number. The content appears whole or not at all. */
export async function publishClaim(
  place: string,
  number: number,
  content: NonNullable<Claim['content']>,
): Promise<boolean> {
  const draft = join(place, `draft.${randomBytes(8).toString('hex')}`)
  await writeFile(draft, JSON.stringify(content), { mode: 0o600, flag: 'wx' })
  try {
    await link(draft, fileOf(place, number))
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  } finally {
    await rm(draft, { force: true })
  }
}

/** Only for a number below the newest. */
export async function withdrawClaim(place: string, number: number): Promise<void> {
  await rm(fileOf(place, number), { force: true })
}

/** Removes what long dead owners left. Only for the owner. */
export async function pruneClaims(place: string, newest: number): Promise<void> {
  for (const number of await numbers(place)) {
    if (number >= newest - oldClaimsKept) continue
    const socket = parse((await readOrMissing(fileOf(place, number))) ?? '')?.socket
    if (socket !== undefined) await rm(join(place, socket), { force: true })
    await rm(fileOf(place, number), { force: true })
  }
}

async function numbers(place: string): Promise<number[]> {
  const names = await readdir(place)
  return names.flatMap((name) => {
    const digits = /^claim\.(\d{1,15})$/.exec(name)?.[1]
    return digits === undefined ? [] : [Number(digits)]
  })
}

async function readOrMissing(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

function parse(text: string): Claim['content'] {
  const found = /^\{"pid":(\d{1,10}),"socket":"([0-9a-f]{8}\.sock)"\}$/.exec(text)
  const [, pid, socket] = found ?? []
  return pid === undefined || socket === undefined ? undefined : { pid: Number(pid), socket }
}

export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined
