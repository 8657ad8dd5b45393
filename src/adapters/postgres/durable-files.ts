// PGlite's file system writes through to files but has no fsync, and PGlite starts Postgres without: what was committed
// would outlive this process but not the machine. Here commits reach the disk.
import { fsyncSync } from 'node:fs'
import { PGlite } from '@electric-sql/pglite'
import { NodeFS } from '@electric-sql/pglite/nodefs'

interface Stream {
  /** The file descriptor that Node opened. */
  readonly nfd?: number
}
interface NodeFiles {
  readonly stream_ops: { fsync?: (stream: Stream) => number }
}
type InitArguments = Parameters<NodeFS['init']>

export class DurableFiles extends NodeFS {
  override async init(...[pg, options]: InitArguments) {
    const { emscriptenOpts } = await super.init(pg, options)
    const preRun = [
      ...(emscriptenOpts.preRun ?? []),
      (module: { readonly NODEFS: unknown }) => {
        const files = module.NODEFS as NodeFiles
        files.stream_ops.fsync = ({ nfd }) => {
          if (nfd !== undefined) fsyncSync(nfd)
          return 0
        }
      },
    ]
    return { emscriptenOpts: { ...emscriptenOpts, preRun } }
  }
}

/** As PGlite starts, without `-F` (fsync off). fdatasync does nothing in its build of libc, fsync does. */
export const durableStart: string[] = [
  ...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'),
  '-c',
  'wal_sync_method=fsync',
]
