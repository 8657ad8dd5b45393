// Gathers the evidence from the simulated services: what they decided at every moment, and what was written to them.
import { deliveredAt, unheardOf } from './delivered.ts'
import type { AccessEvidence, Evidence, GrantEvidence, Span } from './evidence.ts'
import { foreignTouched, type ForeignView } from './foreign.ts'
import type { Refusal } from './havoc.ts'
import { pullOf, type Played } from './players.ts'
import { roleNamed, type WayName } from './roles.ts'
import type { DrillScene, Person } from './scene.ts'
import { checkSays, grantsIn, ownComments, saidOf, tellings, type Told } from './shown.ts'
import type { OpenSession, Way } from './way.ts'

export interface Gathering {
  readonly seed: number
  readonly scene: DrillScene
  readonly ways: Readonly<Record<WayName, Way>>
  readonly played: readonly Played[]
  readonly refusals: readonly Refusal[]
  readonly others: ForeignView
  readonly kills: number
  readonly deliveries: number
  readonly crashes: readonly string[]
}

export function gather(gathering: Gathering): Evidence {
  const { scene, played, seed, kills, deliveries, crashes } = gathering
  const at = Date.now()
  const access = accessOf(gathering, at)
  const told = tellings(scene.github)
  return {
    seed,
    kills,
    deliveries,
    at,
    access,
    grants: played.flatMap((one) =>
      grantOf(gathering, one, access, told(pullOf(scene, one.grant))),
    ),
    foreignTouched: foreignTouched(scene, gathering.others),
    crashes,
  }
}

/** Those who hold the same way share its evidence. */
function accessOf({ ways, played, refusals }: Gathering, at: number): readonly AccessEvidence[] {
  const held = new Map<string, { readonly way: WayName; readonly by: Played[] }>()
  for (const one of played)
    for (const way of roleNamed(one.grant.role).ways) {
      const key = `${one.person.login} ${way}`
      const there = held.get(key) ?? { way, by: [] }
      there.by.push(one)
      held.set(key, there)
    }
  return [...held.values()].map(({ way, by }) => ({
    ...accessIn(ways[way], way, by, at),
    refused: refusals.filter(({ cloud }) => cloud === ways[way].cloud),
  }))
}

function accessIn(
  way: Way,
  name: WayName,
  by: readonly Played[],
  at: number,
): Omit<AccessEvidence, 'refused'> {
  const [{ person } = { person: undefined }] = by
  if (person === undefined) throw new Error('Nobody holds it')
  const from = Math.min(...by.map(({ askedAt = at }) => askedAt)) - 1_000
  const moments = momentsOf(way, person, from, at)
  return {
    person: person.login,
    way: name,
    grants: by.map(({ grant }) => grant.n),
    endsItself: way.endsItself,
    own: way.own,
    allowed: spansOf(moments, (moment) => way.may(person, moment)),
    stood: spansOf(moments, (moment) => way.stands(person, moment)),
    sessions: by.flatMap(({ sessions }) =>
      sessions.filter((one) => one.way === name).map(({ session }) => usable(session, moments)),
    ),
    marks: [...way.ends(person).keys()].filter((id) => id !== ''),
  }
}

/** Ends are whole seconds; everything else is a change. */
function momentsOf(way: Way, person: Person, from: number, at: number): readonly number[] {
  const moments = new Set<number>([from, at])
  for (const change of way.changes(person)) if (change > from && change < at) moments.add(change)
  for (let second = Math.ceil(from / 1000) * 1000; second < at; second += 1000) moments.add(second)
  return [...moments].toSorted((a, b) => a - b)
}

function spansOf(moments: readonly number[], holds: (moment: number) => boolean): readonly Span[] {
  const spans: Span[] = []
  let from: number | undefined
  for (const moment of moments) {
    const is = holds(moment)
    if (is) from ??= moment
    else if (from !== undefined) {
      spans.push({ from, to: moment })
      from = undefined
    }
  }
  return from === undefined ? spans : [...spans, { from, to: undefined }]
}

const hour = 3_600_000

/** To the end that it will have, where it is not over yet. */
function usable(session: OpenSession, moments: readonly number[]): Span {
  const from = session.openedAt
  const over = moments.find((moment) => moment > from && !session.may(moment))
  if (over !== undefined) return { from, to: over }
  let [there, gone] = [moments.at(-1) ?? from, from + 13 * hour]
  while (gone - there > 1) {
    const middle = Math.floor((there + gone) / 2)
    if (session.may(middle)) there = middle
    else gone = middle
  }
  return { from, to: gone }
}

function grantOf(
  { scene, ways }: Gathering,
  one: Played,
  access: readonly AccessEvidence[],
  told: readonly Told[],
): readonly GrantEvidence[] {
  const { grant, person, askedAt } = one
  if (askedAt === undefined) return []
  const role = roleNamed(grant.role)
  const pull = pullOf(scene, grant)
  const own = access.filter(({ grants }) => grants.includes(grant.n))
  const comments = ownComments(scene.github, pull)
  const ids = [...new Set(told.flatMap(({ body }) => grantsIn(body)))]
  const firstTold = told.find(({ body }) => saidOf(body) !== 'nothing')?.at
  // What another grant holds as well may be there for that one alone.
  const alone = own.filter(({ grants }) => grants.length === 1)
  const firstIn = alone.flatMap(({ allowed }) => allowed.map(({ from }) => from))
  const approvals = [firstTold, ...firstIn].filter((at) => at !== undefined && at > askedAt)
  const written = role.ways.flatMap((way) => writtenEnds(ways[way], person, ids))
  return [
    {
      n: grant.n,
      person: person.login,
      role: grant.role,
      askedAt,
      blind: grant.end?.blind ?? false,
      approvedBy: approvals.length === 0 ? undefined : Math.min(...approvals.map(Number)),
      leaseMs: grant.leaseSeconds * 1000,
      residualMs: role.residualSeconds * 1000,
      writtenEnd: written.length === 0 ? undefined : Math.max(...written),
      endedAt: one.endedAt,
      heardAt: one.ending.length === 0 ? undefined : deliveredAt(one.ending),
      neverArrived: unheardOf([...one.asking, ...one.ending]),
      holdsOn: role.holdsOn ?? false,
      ids,
      comments: comments.length,
      said: saidOf(comments[0]?.body ?? ''),
      check: checkSays(scene.github, pull),
      saidEndedAt: told.find(({ body }) => saidOf(body) === 'ended')?.at,
    },
  ]
}

/** NB: what carries no id is everybody's who holds it, and is put off by whoever holds it longest. */
const writtenEnds = (way: Way, person: Person, ids: readonly string[]): readonly number[] =>
  [...way.ends(person)].flatMap(([id, end]) =>
    Number.isFinite(end) && (id === '' || ids.includes(id)) ? [end] : [],
  )
