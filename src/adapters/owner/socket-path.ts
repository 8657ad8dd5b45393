import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'

/** What every Unix takes: `sun_path` is 104 bytes on macOS, 108 on Linux, the closing zero among them. */
const socketPathBytesMax = 100

/**
 * Runs `use` with a path that leads to the same socket and is short enough to bind or connect to. A long one goes
 * through a symbolic link that lives only meanwhile, so that the socket itself always stays in its own directory:
 * a place outside of it would depend on TMPDIR, and two processes that differ there would not see each other.
 */
export async function withShortPath<T>(
  path: string,
  use: (path: string) => Promise<T>,
): Promise<T> {
  if (Buffer.byteLength(path) <= socketPathBytesMax) return use(path)
  const base = Buffer.byteLength(tmpdir()) <= socketPathBytesMax / 2 ? tmpdir() : '/tmp'
  // A directory that only this user can enter: nobody else turns the link elsewhere.
  const own = await mkdtemp(join(base, 'hallpass-'))
  try {
    await symlink(dirname(path), join(own, 'd'))
    return await use(join(own, 'd', basename(path)))
  } finally {
    await rm(own, { recursive: true, force: true })
  }
}
