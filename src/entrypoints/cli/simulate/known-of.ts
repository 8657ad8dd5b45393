// What a simulation knows: what the facts file says, else what the delivery shows, else what is assumed.
import { z } from 'zod'
import type {
  PullRequestFacts,
  RepositoryFacts,
  SubjectFacts,
} from '../../../domain/policy/types.ts'
import type { Signal } from '../../../domain/signals.ts'
import type { Person, Subject } from '../../../domain/subjects.ts'
import type { Assumptions, Known, KnownPerson } from '../../../workflows/simulate/known.ts'
import type { FactsFile } from './facts-file.ts'

/** What cannot be read is as if it were not there. */
const maybe = <S extends z.ZodType>(schema: S) => schema.optional().catch(undefined)

const who = z.object({ id: z.int(), login: z.string() })
const labels = z.array(z.object({ name: z.string() }))
const common = {
  state: maybe(z.enum(['open', 'closed'])),
  user: maybe(who),
  labels: maybe(labels),
  assignees: maybe(z.array(who)),
}
const ref = z.object({ ref: z.string(), sha: z.string() })
const shown = z.object({
  repository: z.object({
    visibility: maybe(z.enum(['public', 'private', 'internal'])),
    private: maybe(z.boolean()),
    archived: maybe(z.boolean()),
    default_branch: maybe(z.string()),
  }),
  pull_request: maybe(
    z.object({
      ...common,
      merged: maybe(z.boolean()),
      draft: maybe(z.boolean()),
      head: maybe(ref.extend({ repo: z.object({ id: z.int() }).nullable() })),
      base: maybe(ref),
      requested_reviewers: maybe(z.array(who)),
      requested_teams: maybe(z.array(z.object({ id: z.int(), slug: z.string() }))),
    }),
  ),
  issue: maybe(z.object(common)),
})
type Shown = z.output<typeof shown>

export function knownOf(
  payload: unknown,
  signal: Signal,
  facts: FactsFile,
  assumed: Assumptions,
): Known {
  const seen = shown.parse(payload)
  const { subject } = signal
  const current = currentOf(seen, subject, facts.subject ?? {}, assumed)
  return {
    accounts: facts.accounts && new Set(facts.accounts),
    repository: repositoryOf(seen.repository, subject, facts.repository, assumed),
    property: facts.repository?.property,
    current,
    people: [...(facts.people ?? []), ...shownPeople(signal, current)],
    changedPaths: facts.changedPaths,
    onBase: facts.onBase,
    pushers: facts.pushers,
    freezes: facts.freezes,
    debtors: facts.debtors,
  }
}

/** By name, for those of whom the facts say nothing. */
function shownPeople(signal: Signal, current: SubjectFacts): readonly KnownPerson[] {
  return [
    signal.actor,
    ...('reviewer' in signal ? [signal.reviewer] : []),
    ...('assignee' in signal ? [signal.assignee] : []),
    current.author,
    ...current.assignees,
    ...(current.kind === 'pull_request' ? current.requestedReviewers : []),
  ]
}

function repositoryOf(
  seen: Shown['repository'],
  { repositoryId: id, accountId, owner, repository: name }: Subject,
  told: FactsFile['repository'] = {},
  assumed: Assumptions,
): RepositoryFacts {
  const shownAs = seen.private === undefined ? undefined : seen.private ? 'private' : 'public'
  const visibility = told.visibility ?? seen.visibility ?? shownAs
  return {
    id,
    accountId,
    owner,
    name,
    visibility: assumed.or(visibility, 'private', 'the repository is private'),
    archived: told.archived ?? seen.archived ?? false,
    defaultBranch: told.defaultBranch ?? seen.default_branch ?? 'main',
  }
}

type Told = NonNullable<FactsFile['subject']>

function currentOf(
  seen: Shown,
  { kind, repositoryId }: Subject,
  told: Told,
  assumed: Assumptions,
): SubjectFacts {
  const on = seen.pull_request ?? seen.issue ?? {}
  const nobody: Person = { id: 0, login: 'nobody' }
  const shared = {
    state: assumed.or(told.state ?? on.state, 'open', 'it is open'),
    author: plain(assumed.or(told.author ?? on.user, nobody, 'its author is somebody else')),
    labels:
      told.labels ??
      assumed.or(
        on.labels?.map(({ name }) => name),
        [],
        'it has no labels',
      ),
    assignees: (told.assignees ?? on.assignees ?? []).map(plain),
  }
  if (kind === 'issue') return { kind, ...shared }
  return { kind, ...shared, ...pullOf(seen.pull_request ?? {}, repositoryId, told, assumed) }
}

type Pull = Omit<PullRequestFacts, 'kind' | 'state' | 'author' | 'labels' | 'assignees'>

function pullOf(
  {
    merged,
    draft,
    head,
    base,
    requested_reviewers: reviewers,
    requested_teams: teams,
  }: NonNullable<Shown['pull_request']> | Record<string, never>,
  repositoryId: number,
  told: Told,
  assumed: Assumptions,
): Pull {
  const shownFork = head?.repo?.id ?? null
  const fromFork = told.fromFork ?? (head && shownFork !== repositoryId)
  const isFork = assumed.or(fromFork, false, 'its head is no fork')
  return {
    merged: merged ?? false,
    draft: told.draft ?? draft ?? false,
    headSha: head?.sha ?? unknownSha,
    headRef: head?.ref ?? 'head',
    // Told to be a fork, whatever the delivery shows: one whose repository is gone.
    headRepositoryId: !isFork ? repositoryId : shownFork === repositoryId ? null : shownFork,
    baseRef: assumed.or(told.base ?? base?.ref, 'main', 'it goes into main'),
    baseSha: base?.sha ?? unknownSha,
    requestedReviewers: (told.requestedReviewers ?? reviewers ?? []).map(plain),
    requestedTeams: (told.requestedTeams ?? teams ?? []).map(({ id, slug }) => ({ id, slug })),
  }
}

const unknownSha = '0'.repeat(40)
const plain = ({ id, login }: Person): Person => ({ id, login })
