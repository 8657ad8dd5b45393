// The processes of a drilled Hallpass: started, killed and started again, paused and let go on.
import { startChild, type Child, type ChildOptions, type Command } from './child.ts'
import { freePort } from './servers.ts'

interface Slot {
  readonly name: string
  readonly command: Command
  readonly port: number
  child: Child
  /** Undefined until it is ready. */
  readySince: number | undefined
  ending: boolean
}

export interface CrewLog {
  readonly slot: string
  readonly at: number
  readonly text: string
}

export interface Crew {
  readonly kills: number
  readonly pauses: number
  /** Exits that nobody asked for. */
  readonly crashes: readonly string[]
  /** What was done to them, in order. */
  readonly log: readonly CrewLog[]
  /** Where a load balancer would send a delivery now: to one that was up when it looked, or nowhere that answers. */
  address(at: number): string
  readyCount(): number
  /**
   * Of those that are up, which starts again at once. False when none has been up for a moment, unless a `young` one
   * will do: killing what has not begun to work shows nothing.
   */
  kill(which: number, young?: boolean): Promise<boolean>
  pause(which: number, ms: number): Promise<void>
  allReady(): Promise<void>
  /** The lines of all of them so far, those that are gone included. */
  lines(): readonly { readonly slot: string; readonly line: Child['lines'][number] }[]
  /** None of them runs any more. */
  close(): Promise<void>
}

/** For the last of them to start, on a machine that is busy. */
const startPatienceMs = 60_000

const youthMs = 1_500
const isOld = (readySince: number): boolean => performance.now() - readySince >= youthMs

type Shared = Omit<ChildOptions, 'command' | 'port'>

export async function startCrew(commands: readonly Command[], shared: Shared): Promise<Crew> {
  const begun = performance.now()
  const slots: Slot[] = []
  const former: { readonly slot: string; readonly child: Child }[] = []
  const log: CrewLog[] = []
  const crashes: string[] = []
  const counts = { kills: 0, pauses: 0 }
  const timers = new Set<NodeJS.Timeout>()
  let closing = false

  const note = (slot: Slot, text: string) =>
    void log.push({ slot: slot.name, at: performance.now() - begun, text })

  function launch(slot: Slot): void {
    const child = startChild({ ...shared, command: slot.command, port: slot.port })
    slot.child = child
    slot.readySince = undefined
    slot.ending = false
    former.push({ slot: slot.name, child })
    note(slot, `started as ${child.pid}`)
    void noteReady(slot, child)
    void noteExit(slot, child)
  }
  async function noteReady(slot: Slot, child: Child): Promise<void> {
    const [ready] = await Promise.allSettled([child.ready()])
    if (ready.status === 'fulfilled' && slot.child === child) slot.readySince = performance.now()
  }
  async function noteExit(slot: Slot, child: Child): Promise<void> {
    const { code, signal } = await child.exited
    if (closing || slot.ending || slot.child !== child) return
    const told = `${slot.name} ended by itself (${code ?? signal}): ${child.errors.join(' / ')}`
    // Without its database it does not even start, and says so: whoever runs it starts it again.
    if (slot.readySince !== undefined) crashes.push(told)
    slot.readySince = undefined
    note(slot, told)
    // What crashes at once would otherwise be started as fast as it dies.
    timers.add(setTimeout(() => !closing && launch(slot), 500))
  }

  for (const [index, command] of commands.entries()) {
    const slot = {
      name: `${command}-${index + 1}`,
      command,
      port: await freePort(),
      readySince: undefined,
      ending: false,
    } as Omit<Slot, 'child'> as Slot
    slots.push(slot)
    launch(slot)
    // The first of them makes the tables.
    if (index === 0) await slot.child.ready()
  }

  /** NB: one that hangs as it starts is a fault, and must not keep the drill from its verdict. */
  function tellLate(): void {
    for (const slot of slots.filter(({ readySince }) => readySince === undefined)) {
      const { child, name } = slot
      const said = [...child.lines.slice(-3).map((line) => JSON.stringify(line)), ...child.errors]
      crashes.push(`${name} (${child.pid}) does not become ready: ${said.join(' / ')}`)
    }
  }

  const ready = () => slots.filter(({ readySince }) => readySince !== undefined)

  return {
    get kills() {
      return counts.kills
    },
    get pauses() {
      return counts.pauses
    },
    crashes,
    log,
    address(at) {
      const takers = slots.filter(({ command }) => command !== 'work')
      const up = takers.filter(({ readySince }) => readySince !== undefined)
      const chosen = up.length === 0 ? takers : up
      return chosen[at % chosen.length]?.child.url ?? ''
    },
    readyCount: () => ready().length,
    async kill(which, young = false) {
      const up = ready().filter(({ readySince = Infinity }) => young || isOld(readySince))
      const slot = up[which % Math.max(1, up.length)]
      if (slot === undefined || closing) return false
      slot.ending = true
      slot.readySince = undefined
      counts.kills += 1
      note(slot, 'killed')
      await slot.child.kill()
      if (!closing) launch(slot)
      return true
    },
    async pause(which, ms) {
      const up = ready()
      const slot = up[which % Math.max(1, up.length)]
      if (slot === undefined || closing) return
      const { child } = slot
      counts.pauses += 1
      note(slot, `paused for ${ms} ms`)
      child.signal('SIGSTOP')
      timers.add(setTimeout(() => child.signal('SIGCONT'), ms))
    },
    async allReady() {
      const late = performance.now() + startPatienceMs
      while (slots.some(({ readySince }) => readySince === undefined)) {
        if (performance.now() > late) return tellLate()
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    },
    lines: () => former.flatMap(({ slot, child }) => child.lines.map((line) => ({ slot, line }))),
    async close() {
      closing = true
      for (const timer of timers) clearTimeout(timer)
      await Promise.all(slots.map(({ child }) => child.kill()))
    },
  }
}
