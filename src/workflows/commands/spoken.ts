// One command as it was said: by whom, where, and what names it for good.
import type { NewEvent } from '../../domain/log/types.ts'
import { sentence } from '../../domain/messages/escape.ts'
import { subjectKey, type Person } from '../../domain/subjects.ts'
import { requestAgeMsMax, type ButtonPressed, type CommandWritten } from '../../domain/signals.ts'
import type { Verb } from '../../domain/commands/types.ts'
import type { Instant } from '../../domain/time.ts'
import { commitAndNudge, type Deps } from '../deps.ts'
import { logChanges } from '../decide-all.ts'
import type { Ground } from '../gather-facts.ts'
import type { Commit, Notice } from '../ports.ts'
import type { Held } from '../under-claim.ts'

export interface Spoken {
  readonly signal: CommandWritten | ButtonPressed
  readonly ground: Ground
  readonly held: Held
  /** Names this one command for good: it is carried out at most once. */
  readonly act: string
  /** As it was written, for people; undefined for a button. */
  readonly asked: string | undefined
  readonly verb: Verb | undefined
}

/**
 * `quiet`: whoever said it has no standing, so nothing is written but the log. An answer is Markdown that is inert;
 * `open` when it names nobody and nothing, so that a public repository is told it. A reason is a sentence with names in
 * code spans.
 */
export type Reply =
  | { readonly kind: 'done'; readonly answer?: string; readonly open?: true }
  | { readonly kind: 'refused'; readonly because: string }
  | { readonly kind: 'quiet'; readonly because: string }

export const done = (answer?: string): Reply =>
  answer === undefined ? { kind: 'done' } : { kind: 'done', answer }
/** What everybody may read. */
export const openly = (answer: string): Reply => ({ kind: 'done', answer, open: true })
export const refused = (because: string): Reply => ({ kind: 'refused', because })
export const quiet = (because: string): Reply => ({ kind: 'quiet', because })

/**
 * Said so long ago that it was said about another situation. GitHub does not tell when a button was pressed: those carry
 * the code of what they showed, or mean the same at any time.
 */
export const isStale = ({ signal }: Spoken, now: Instant): boolean =>
  signal.type === 'CommandWritten' && now - signal.at > requestAgeMsMax

/** One transaction: what the command does, that it was done, and what is answered. */
export async function carry(
  deps: Deps,
  spoken: Spoken,
  change: Omit<Commit, 'now' | 'claim' | 'acts'>,
  reply: Reply,
): Promise<Reply> {
  const now = deps.clock.now()
  const said = await tellingOf(deps, spoken, reply, now)
  await commitAndNudge(deps, {
    ...change,
    now,
    claim: spoken.held.current(),
    acts: [spoken.act],
    events: [...(change.events ?? []), ...said.events],
    notices: [...(change.notices ?? []), ...said.notices],
    dirtySubjects: [...(change.dirtySubjects ?? []), ...said.dirtySubjects],
  })
  logChanges(deps, change.grants ?? [])
  return reply
}

/** What is left to tell of a reply: in the log what is refused, to people what they can read. */
async function tellingOf(
  deps: Deps,
  spoken: Spoken,
  reply: Reply,
  now: Instant,
): Promise<Required<Pick<Commit, 'events' | 'notices' | 'dirtySubjects'>>> {
  const { subject } = spoken.signal
  const events = reply.kind === 'done' ? [] : [refusedEvent(spoken, reply.because)]
  const text = reply.kind === 'done' ? reply.answer : sentence(reply.because, reasonMax)
  if (reply.kind === 'quiet' || text === undefined)
    return { events, notices: [], dirtySubjects: [] }
  const notice = answerOf(spoken, text, reply, now)
  const older = await olderAnswers(deps, spoken)
  return {
    events,
    notices: [
      ...older.map((key) => ({ subject, key, notice: null })),
      { subject, key: notice.key, notice },
    ],
    dirtySubjects: [subject],
  }
}

function refusedEvent({ signal, verb }: Spoken, because: string): NewEvent {
  const subject = subjectKey(signal.subject)
  const { cause, actor } = signal
  return {
    stream: `subject:${subject}`,
    event: { type: 'command.refused', subject, cause, actor: named(actor), verb, because },
  }
}

const named = ({ id, login }: Person): Person => ({ id, login })

const answerOf = (
  { signal, act, asked }: Spoken,
  text: string,
  reply: Reply,
  at: Instant,
): Notice => ({
  key: `answer/${act}`,
  kind: 'answer',
  text,
  recipient: named(signal.actor),
  role: undefined,
  at,
  ...(asked === undefined ? {} : { asked }),
  ...(reply.kind === 'done' && reply.open === true ? { open: true } : {}),
})

const reasonMax = 4000
const answersKept = 3

/** All but the latest ones, this one not counted. */
async function olderAnswers(deps: Deps, { signal }: Spoken): Promise<readonly string[]> {
  const report = await deps.ledger.report(subjectKey(signal.subject))
  const answers = (report?.notices ?? []).filter(({ kind }) => kind === 'answer')
  return answers
    .toSorted((a, b) => b.at - a.at)
    .slice(answersKept - 1)
    .map(({ key }) => key)
}
