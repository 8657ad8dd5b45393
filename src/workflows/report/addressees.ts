// Whom a comment mentions. Nobody but those whom the grant or the policy names, by the login that they bear now; on a
// public repository nobody, as a mention would tell who may have or approve what.
import type { Addressee, Announcement } from '../../domain/messages/announcements.ts'
import { mentionOf, teamMentionOf, type Addressed } from '../../domain/messages/announcement.ts'
import type { OnCallSource } from '../../domain/policy/types.ts'
import type { Publishing } from './publishing.ts'

/** GitHub sends to at most 50 that one comment mentions; whoever is past these is found in the table. */
const mentionsMax = 10

export async function addressed(
  publishing: Publishing,
  told: readonly Announcement[],
): Promise<readonly Addressed[]> {
  if (publishing.view.public) return told.map((announcement) => ({ announcement, mentions: [] }))
  const sources = await sourcesFor(publishing, told)
  return Promise.all(
    told.map(async (announcement) => {
      const names = announcement.to.map((one) => mentionsFor(publishing, one, sources))
      const mentions = new Set((await Promise.all(names)).flat())
      return { announcement, mentions: [...mentions].slice(0, mentionsMax) }
    }),
  )
}

type Sources = ReadonlyMap<string, OnCallSource>

async function mentionsFor(
  publishing: Publishing,
  addressee: Addressee,
  sources: Sources,
): Promise<readonly string[]> {
  switch (addressee.kind) {
    case 'person':
      return [await personNow(publishing, addressee.id, addressee.login)]
    case 'user':
      return [await personNow(publishing, addressee.id)]
    case 'team':
      return [teamMentionOf(publishing.repository.owner, addressee.slug)]
    case 'on-call':
      return whoeverIsOnCall(publishing, addressee.name, sources)
    default:
      return addressee satisfies never
  }
}

/** NB: a login may have changed hands since: whoever has the numeric id is meant. */
async function personNow(
  { deps, view }: Publishing,
  id: number,
  formerly = `user ${id}`,
): Promise<string> {
  const account = await deps.github.account(view.subject, id)
  return account === undefined
    ? `(${formerly.replaceAll(/[^\w -]/g, '')})`
    : mentionOf(account.login)
}

/** While the source is down, those that stand in for it by the policy. */
async function whoeverIsOnCall(
  publishing: Publishing,
  name: string,
  sources: Sources,
): Promise<readonly string[]> {
  const source = sources.get(name)
  if (source === undefined) return []
  const people = await publishing.deps.onCall.who(source)
  if (people !== 'down') return Promise.all(people.map((id) => personNow(publishing, id)))
  const standIns = source.kind === 'http' ? source.fallback : []
  const names = standIns.map((each) => mentionsFor(publishing, each, sources))
  return (await Promise.all(names)).flat()
}

const noSources: Sources = new Map()

/** A policy that cannot be read keeps nobody else from being told. */
async function sourcesFor(
  { deps, view, repository }: Publishing,
  told: readonly Announcement[],
): Promise<Sources> {
  if (!told.some(({ to }) => to.some(({ kind }) => kind === 'on-call'))) return noSources
  try {
    const reading = await deps.policy.readCatalog(view.subject, repository)
    return reading.kind === 'policy' ? reading.policy.onCall : noSources
  } catch (error) {
    deps.log.warn('report.on-call-unread', { subject: view.subject.number, error })
    return noSources
  }
}
