// A copy of the tree as it stands, in which defences can be taken out without anybody else noticing.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { without, type Defence } from './defence.ts'

export interface Copy {
  readonly at: string
  /** Runs `work` while the defence is out. */
  disarmed<T>(defence: Defence, work: () => Promise<T>): Promise<T>
  remove(): Promise<void>
}

export async function copyTree(root: string): Promise<Copy> {
  const at = await mkdtemp(join(tmpdir(), 'hallpass-defences-'))
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
  })
  const files = listed.split('\0').filter((file) => file !== '' && file !== 'node_modules')
  for (const file of files)
    if (existsSync(join(root, file))) await cp(join(root, file), join(at, file))
  await symlink(join(root, 'node_modules'), join(at, 'node_modules'))
  return {
    at,
    async disarmed(defence, work) {
      const read = (file: string): string => readFileSync(join(at, file), 'utf8')
      const changed = without(defence, read)
      const before = new Map([...changed.keys()].map((file) => [file, read(file)]))
      const write = (sources: ReadonlyMap<string, string>): void => {
        for (const [file, source] of sources) writeFileSync(join(at, file), source)
      }
      write(changed)
      try {
        return await work()
      } finally {
        write(before)
      }
    },
    remove: () => rm(at, { recursive: true, force: true }),
  }
}
