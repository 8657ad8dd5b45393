// How many of those who guard the organization's document have approved a pull request's head that others made.
import { approvingTeams, sourcesOf, stagesNaming } from '../domain/policy/approvers.ts'
import type { Policy, RepositoryFacts, Stage } from '../domain/policy/types.ts'
import type { Person, Subject } from '../domain/subjects.ts'
import type { Deps } from './deps.ts'
import { readTeams } from './gather-facts.ts'
import type { BroughtBy } from './ports.ts'

export type ApprovalDeps = Pick<Deps, 'github' | 'onCall' | 'log'>

/** Who has to approve, as the accepted document says. */
export interface Guard {
  readonly by: Stage
  readonly onCall: Policy['onCall']
}

/** Through whom teams are read. */
export interface Asked {
  readonly subject: Subject
  readonly repository: RepositoryFacts
}

export interface Weighed {
  /** How many approvals count. */
  readonly given: number
  /** Whether nobody's counts, because others than those who are known may have had a hand in the head. */
  readonly unproven: boolean
  /** How many do not count, because they are by people who had a hand in the head. */
  readonly setAside: number
}

/**
 * NB: who may push to a branch can put their own commit under another's name, so that its author alone does not tell
 * whose work is approved. Where it cannot be told who had a hand in it, anybody may have.
 */
export async function weighApprovals(
  deps: ApprovalDeps,
  guard: Guard,
  { subject, author, head, approvals }: Omit<BroughtBy, 'blob'>,
  asked: Pick<Asked, 'subject'> & { readonly here: boolean },
): Promise<Weighed> {
  const others = approvals.filter(({ id }) => id !== author.id)
  const named = await approversAmong(deps, others, guard, asked)
  if (named.length === 0) return { given: 0, unproven: false, setAside: 0 }
  const { people, unproven } = await deps.github.headPeople(subject, head)
  if (unproven) return { given: 0, unproven, setAside: 0 }
  const given = named.filter(({ id }) => !people.includes(id)).length
  return { given, unproven, setAside: named.length - given }
}

/**
 * Those whom the guard names now. `here`: whether the subject's organization is the document's. NB: a team of another
 * organization that has the same name is another team.
 */
async function approversAmong(
  deps: ApprovalDeps,
  approvals: readonly Person[],
  { by, onCall: sources }: Guard,
  { subject, here }: Pick<Asked, 'subject'> & { readonly here: boolean },
): Promise<readonly Person[]> {
  const people = [...new Map(approvals.map((person) => [person.id, person])).values()]
  if (people.length === 0) return []
  const approval = { stages: [by], separate: true, lapseSeconds: 0 }
  const now = new Map(
    await Promise.all(
      sourcesOf(approval).map(async (name) => {
        const source = sources.get(name)
        return [name, source === undefined ? [] : await deps.onCall.who(source)] as const
      }),
    ),
  )
  const slugs = here ? approvingTeams(approval, sources) : []
  const named = people.map(async (person) => {
    const teams = await readTeams(deps, subject, slugs, person)
    return stagesNaming(approval, person.id, teams, { sources, now }).length > 0 ? [person] : []
  })
  return (await Promise.all(named)).flat()
}
