// A comment with commands: acknowledged at once, carried out one by one, answered in the one comment.
import { parseCommand } from '../../domain/commands/parse-command.ts'
import type { Command, Mistake } from '../../domain/commands/types.ts'
import { isAtLeast } from '../../domain/policy/role-order.ts'
import { code } from '../../domain/policy/quote.ts'
import type { CommandWritten } from '../../domain/signals.ts'
import type { Deps } from '../deps.ts'
import { readGround, type Ground } from '../gather-facts.ts'
import type { Reaction, WriteCost } from '../ports.ts'
import type { Held } from '../under-claim.ts'
import { carryOut } from './carry-out.ts'
import { carry, quiet, refused, type Reply, type Spoken } from './spoken.ts'
import { orUnheard } from './unheard.ts'

export const hearComment = (deps: Deps, signal: CommandWritten, held: Held): Promise<void> =>
  orUnheard(signal, () => hear(deps, signal, held))

async function hear(deps: Deps, signal: CommandWritten, held: Held): Promise<void> {
  if (!deps.accounts.has(signal.subject.accountId)) return ignored(deps, signal, 'not served')
  // NB: what an App wrote, or somebody through one, is nobody's word. No reaction either: bots answer bots.
  if (signal.actor.type !== 'User' || signal.throughApp) return ignored(deps, signal, 'no person')
  const ground = await readGround(deps, signal)
  if (ground === undefined) return ignored(deps, signal, 'subject is gone')
  if (!deps.accounts.has(ground.repository.accountId)) return ignored(deps, signal, 'not served')
  const writes = isAtLeast(ground.actorRole, 'write')
  if (writes) await react(deps, signal, 'eyes', 'acknowledge')
  const replies: Reply[] = []
  for (const [index, line] of signal.lines.entries()) {
    const reply = await hearLine(deps, { signal, ground, held }, line, index)
    if (reply !== undefined) replies.push(reply)
  }
  if (signal.ignored > 0) replies.push(await tellIgnored(deps, { signal, ground, held }))
  const verdict = verdictOf(replies)
  // NB: whoever may read may comment without end, on a public repository everybody: they get one reaction at most.
  const heard = writes || replies.some(({ kind }) => kind !== 'quiet')
  if (verdict !== undefined) await react(deps, signal, verdict, heard ? 'acknowledge' : 'stranger')
}

interface Hearing {
  readonly signal: CommandWritten
  readonly ground: Ground
  readonly held: Held
}

async function hearLine(
  deps: Deps,
  hearing: Hearing,
  line: string,
  index: number,
): Promise<Reply | undefined> {
  const parsed = parseCommand(line)
  const spoken: Spoken = {
    ...hearing,
    act: `${hearing.signal.cause}#${index + 1}`,
    asked: `/access ${line}`.trim(),
    verb: isMistake(parsed) ? parsed.nearest : parsed.verb,
  }
  return isMistake(parsed) ? mistaken(deps, spoken, parsed) : carryOut(deps, spoken, parsed)
}

const isMistake = (parsed: Command | Mistake): parsed is Mistake => 'kind' in parsed

/** Whoever may not write here gets a reaction for it, and no more. */
async function mistaken(deps: Deps, spoken: Spoken, { text }: Mistake): Promise<Reply | undefined> {
  if (await deps.ledger.hasAct(spoken.act)) return undefined
  const writes = isAtLeast(spoken.ground.actorRole, 'write')
  return carry(deps, spoken, {}, writes ? refused(text) : quiet(text))
}

async function tellIgnored(deps: Deps, hearing: Hearing): Promise<Reply> {
  const { signal, ground } = hearing
  const act = `${signal.cause}#ignored`
  const text = `A comment holds at most five commands: ${signal.ignored} more ${signal.ignored === 1 ? 'was' : 'were'} not read. Write ${code('/access')} lines in a comment of their own, short and not nested.`
  const spoken: Spoken = { ...hearing, act, asked: undefined, verb: undefined }
  if (await deps.ledger.hasAct(act)) return quiet(text)
  const writes = isAtLeast(ground.actorRole, 'write')
  return carry(deps, spoken, {}, writes ? refused(text) : quiet(text))
}

/** The worst of them. Nothing new: nothing to show. */
function verdictOf(replies: readonly Reply[]): Reaction | undefined {
  if (replies.length === 0) return undefined
  if (replies.every(({ kind }) => kind === 'done')) return 'rocket'
  return replies.some(({ kind }) => kind === 'refused') ? '-1' : 'confused'
}

/** NB: a reaction is a courtesy: without it everything goes on. */
async function react(
  deps: Deps,
  { subject, commentId, delivery }: CommandWritten,
  reaction: Reaction,
  cost: WriteCost,
): Promise<void> {
  const spent = await deps.ledger.spend(subject.installationId, cost, deps.clock.now())
  if (!spent.ok) return
  try {
    await deps.github.react(subject, commentId, reaction)
  } catch (error) {
    deps.log.warn('reaction.failed', { delivery, error })
  }
}

function ignored(deps: Deps, { delivery, subject }: CommandWritten, because: string): void {
  deps.log.info('command.ignored', {
    delivery,
    repo: subject.repositoryId,
    subject: subject.number,
    because,
  })
}
