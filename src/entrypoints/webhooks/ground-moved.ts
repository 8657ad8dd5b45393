// What tells that access may have lost its ground: who and what is concerned, to be read anew. Ids alone are taken from
// the payload, and nothing ends by what it says.
import { z } from 'zod'
import type { Concerned, GroundMoved } from '../../domain/signals.ts'
import { id, readPayload } from './payload.ts'

const identified = z.object({ id })

/** By which events, and what of the payload names who is concerned. */
interface Source {
  readonly events: readonly string[]
  readonly concerned: (event: string, payload: unknown) => Concerned
}

const source = <S extends z.ZodType>(
  events: readonly string[],
  schema: S,
  to: (read: z.output<S>) => Concerned,
): Source => ({
  events,
  concerned: (event, payload) => to(readPayload(event, schema, payload as z.input<S>)),
})

const onRepository = z.object({ repository: identified })
const repositoryOf = ({ repository }: z.output<typeof onRepository>): Concerned => ({
  repositoryIds: [repository.id],
})

/** GitHub sends these two to every App: nobody can subscribe to them. */
const installation = source(
  ['installation.deleted', 'installation.suspend', 'installation.unsuspend'],
  z.object({ installation: z.object({ account: identified }) }),
  (read) => ({ accountId: read.installation.account.id }),
)
const installationRepositories = source(
  ['installation_repositories.removed'],
  z.object({ repositories_removed: z.array(identified) }),
  (read) => ({ repositoryIds: read.repositories_removed.map((each) => each.id) }),
)

const repository = source(
  [
    'repository.archived',
    'repository.deleted',
    'repository.privatized',
    'repository.publicized',
    'repository.renamed',
    'repository.transferred',
  ],
  onRepository,
  repositoryOf,
)
const member = source(['member.removed', 'member.edited'], onRepository, repositoryOf)
const organization = source(
  ['organization.member_removed'],
  z.object({ organization: identified, membership: z.object({ user: identified.nullable() }) }),
  // Of an account that is gone GitHub names nobody: then it may be anybody.
  (read) => ({ accountId: read.organization.id, personId: read.membership.user?.id }),
)
const membership = source(
  ['membership.removed'],
  z.object({ organization: identified, member: identified.nullable() }),
  (read) => ({ accountId: read.organization.id, personId: read.member?.id }),
)
/** Whoever was in it, and in those below it. */
const team = source(
  ['team.deleted', 'team.edited', 'team.removed_from_repository'],
  z.object({ organization: identified }),
  (read) => ({ accountId: read.organization.id }),
)

export const groundSources: readonly Source[] = [
  installation,
  installationRepositories,
  repository,
  member,
  organization,
  membership,
  team,
]

export const toGroundMoved = (
  { events, concerned }: Source,
  payload: unknown,
  delivery: string,
): GroundMoved => ({
  type: 'StandingLost',
  delivery,
  concerned: concerned(events.join(' or '), payload),
})

export const policyPushedEvents = ['push'] as const
const pushed = z.object({ ref: z.string(), repository: identified })

/** Whether it is the organization's document's branch is not for a translator to know. */
export function toPolicyPushed(payload: unknown, delivery: string): GroundMoved {
  const read = readPayload('push', pushed, payload as z.input<typeof pushed>)
  const branch = /^refs\/heads\/(.+)$/.exec(read.ref)?.[1]
  return { type: 'PolicyChanged', delivery, repositoryId: read.repository.id, branch }
}
