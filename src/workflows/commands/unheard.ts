// A command that was given up on, because something that it needs did not answer: nobody may believe that it was done.
import { LedgerConflict } from '../../domain/errors.ts'
import type { ButtonPressed, CommandWritten } from '../../domain/signals.ts'
import { subjectKey } from '../../domain/subjects.ts'
import type { Deps } from '../deps.ts'
import type { Commit } from '../ports.ts'
import { UndecidedRequest } from '../undecided-request.ts'
import { wordsOf } from '../../domain/redact.ts'

type Signal = CommandWritten | ButtonPressed

/** What stood in the way is its `cause`, and its message the same. */
class UnheardCommand extends Error {
  override name = 'UnheardCommand'
  readonly signal: Signal
  constructor(signal: Signal, cause: unknown) {
    super(wordsOf(cause), { cause })
    this.signal = signal
  }
}

/** A request among them tells of itself. Who lost the claim says nothing: whoever has it now does. */
export async function orUnheard<T>(signal: Signal, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const known = error instanceof LedgerConflict || error instanceof UndecidedRequest
    throw known ? error : new UnheardCommand(signal, error)
  }
}

const because =
  'This was not carried out, or not all of it: what it needs to know could not be read. Say it again, if it is still meant; `/access status` tells what is held.'

/** What is left to tell. NB: whether they may say it could not be read; GitHub let them comment. */
export function unheardIn(
  deps: Deps,
  error: unknown,
): Required<Pick<Commit, 'events' | 'notices' | 'dirtySubjects'>> {
  const faults: readonly unknown[] = error instanceof AggregateError ? error.errors : [error]
  const signals = faults
    .flatMap((fault) => (fault instanceof UnheardCommand ? [fault.signal] : []))
    .filter(({ actor, subject }) => actor.type === 'User' && deps.accounts.has(subject.accountId))
    .filter((signal) => signal.type === 'ButtonPressed' || !signal.throughApp)
  return {
    events: signals.map(({ subject, cause, actor: { id, login } }) => ({
      stream: `subject:${subjectKey(subject)}`,
      event: {
        type: 'command.refused',
        subject: subjectKey(subject),
        cause,
        actor: { id, login },
        verb: undefined,
        because,
      },
    })),
    notices: signals.map((signal) => noticeOf(deps, signal)),
    dirtySubjects: signals.map(({ subject }) => subject),
  }
}

function noticeOf(deps: Deps, signal: Signal): NonNullable<Commit['notices']>[number] {
  const { subject, cause, actor } = signal
  const key = `answer/${cause}`
  const [first] = signal.type === 'CommandWritten' ? signal.lines : []
  const notice = {
    key,
    kind: 'answer',
    text: because,
    recipient: { id: actor.id, login: actor.login },
    role: undefined,
    at: deps.clock.now(),
    ...(signal.type === 'CommandWritten' && { asked: `/access ${first ?? ''}`.trim() }),
  } as const
  return { subject, key, notice }
}
