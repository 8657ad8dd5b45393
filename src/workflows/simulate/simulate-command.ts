// What a command or a button would do, as far as facts tell: what is held or asked for on a real subject, they do not.
import { commandOfButton } from '../../domain/commands/command-of-button.ts'
import { isHeard, type LeastStanding, type Title } from '../../domain/commands/least-standing.ts'
import { parseCommand } from '../../domain/commands/parse-command.ts'
import { registry } from '../../domain/commands/registry.ts'
import type { Command, Verb } from '../../domain/commands/types.ts'
import { isAtLeast } from '../../domain/policy/role-order.ts'
import type { Ask, Policy } from '../../domain/policy/types.ts'
import type { ButtonPressed, CommandWritten } from '../../domain/signals.ts'
import type { RoleName } from '../../domain/subjects.ts'
import type { ReadingDeps } from '../deps.ts'
import { simulateAsk, type SimulatedAsk } from './simulate-ask.ts'

export interface SimulatedCommand {
  /** As it was written, or the button. */
  readonly said: string
  /** Null for a line that is no command. */
  readonly verb: Verb | null
  /** `no`: at most a reaction. A title: only whoever has it here by live facts is heard. */
  readonly heard: 'yes' | 'no' | Title
  /** Who may, in words. Empty for a mistake. */
  readonly who: string
  /** What it would do, or what is wrong with it. */
  readonly does: string
  /** What policy makes of what it asks for. */
  readonly asks: SimulatedAsk | null
}

type Said = CommandWritten | ButtonPressed

/** A sentence when nobody is heard at all. */
export async function simulateSaid(
  deps: ReadingDeps,
  policy: Policy,
  signal: Said,
): Promise<readonly SimulatedCommand[] | string> {
  const { subject, actor } = signal
  if (!deps.accounts.has(subject.accountId)) return 'The account is not served.'
  if (actor.type !== 'User') return 'No person said it.'
  if (signal.type === 'CommandWritten' && signal.throughApp)
    return 'It was written through another App, which is nobody’s word.'
  const role = await deps.github.roleOf(subject, actor)
  if (signal.type === 'ButtonPressed') {
    const command = commandOfButton(signal)
    if (command === undefined) return 'The button lacks the code that it needs.'
    const said = `the button ${signal.button}`
    return [await simulateOne(deps, policy, signal, { command, role, said, act: signal.cause })]
  }
  return Promise.all(
    signal.lines.map((line, index) => simulateLine(deps, policy, signal, { line, role, index })),
  )
}

async function simulateLine(
  deps: ReadingDeps,
  policy: Policy,
  signal: CommandWritten,
  { line, role, index }: { readonly line: string; readonly role: RoleName; readonly index: number },
): Promise<SimulatedCommand> {
  const said = `/access ${line}`.trim()
  const parsed = parseCommand(line)
  const act = `${signal.cause}#${index + 1}`
  if (!('kind' in parsed))
    return simulateOne(deps, policy, signal, { command: parsed, role, said, act })
  const heard = isAtLeast(role, 'write') ? 'yes' : 'no'
  return { said, verb: null, heard, who: '', does: parsed.text, asks: null }
}

interface One {
  readonly command: Command
  readonly role: RoleName
  readonly said: string
  readonly act: string
}

async function simulateOne(
  deps: ReadingDeps,
  policy: Policy,
  signal: Said,
  { command, role, said, act }: One,
): Promise<SimulatedCommand> {
  const { verb } = command
  const { atLeast, who, summary: does } = registry[verb]
  const heard = hearing(atLeast, await askerOf(deps, signal, role))
  const asks =
    command.verb === 'request' && heard !== 'no'
      ? await simulateAsk(deps, policy, askFor(signal, act, command.wanted))
      : null
  return { said, verb, heard, who, does, asks }
}

type Asker = Parameters<typeof isHeard>[1]

async function askerOf(deps: ReadingDeps, { subject }: Said, role: RoleName): Promise<Asker> {
  const repository = await deps.github.repository(subject)
  return { role, titles: new Set(), visibility: repository?.visibility ?? 'public' }
}

function hearing(least: LeastStanding, asker: Asker): SimulatedCommand['heard'] {
  if (isHeard(least, asker)) return 'yes'
  const { title } = least
  if (title === undefined) return 'no'
  return isHeard(least, { ...asker, titles: new Set([title]) }) ? title : 'no'
}

const askFor = (
  { delivery, subject, actor, at }: Said,
  cause: string,
  wanted: NonNullable<Ask['wanted']>,
): Ask => ({
  trigger: 'requested',
  delivery,
  subject,
  actor,
  at,
  cause,
  reviewer: undefined,
  team: undefined,
  label: undefined,
  assignee: undefined,
  wanted,
})
