// Who is who in the clouds: whether a new version names somebody more, and whom two versions both name.
import { entriesOf, type Entry } from '../policy/identity-of.ts'
import type { Identity, IdentityTemplate, Policy } from '../policy/types.ts'
import { common, ofSets, type Order } from './order.ts'

type People = Pick<Policy, 'identities' | 'identitySources'>

/** One entry for each person in each directory: what is added for somebody is more, what changes is something else. */
const peopleOf = ({ identities }: People) =>
  identities.flatMap((identity) =>
    entriesOf(identity).map((entry) => ({ github: identity.github, ...entry })),
  )

/** Where names lead to somebody. */
const derivedIn = ({ saml, template }: People['identitySources']): ReadonlySet<string> =>
  new Set([...saml, ...template].map(({ account }) => account))

/** NB: whom the map names no more is somebody else where names lead to somebody, and so may others be who they were. */
export function ofIdentities(before: People, after: People): Order {
  const order = ofSets(peopleOf(before), peopleOf(after))
  const derived = derivedIn(after.identitySources)
  const mapped = peopleOf(before).filter(({ account }) => derived.has(account))
  const kept = common(mapped, peopleOf(after))
  return kept.length === mapped.length ? order : 'other'
}

/** NB: a template names whom the SAML provider names no more. */
export function ofSources(before: People, after: People): Order {
  const order = ofSets(sourcesOf(before), sourcesOf(after))
  const { saml, template } = after.identitySources
  const went = before.identitySources.saml.filter(({ account }) => !leadsTo(saml, account))
  return went.some(({ account }) => leadsTo(template, account)) ? 'other' : order
}

const leadsTo = (templates: readonly IdentityTemplate[], key: string): boolean =>
  templates.some(({ account }) => account === key)

const sourcesOf = ({ identitySources: { saml, template } }: People): readonly unknown[] => [
  ...saml.map((entry) => ({ saml: entry })),
  ...template.map((entry) => ({ template: entry })),
]

/** Whom both name. */
export function sharedIdentities(before: People, after: People): People {
  const identitySources = sharedSources(before.identitySources, after.identitySources)
  const derived = derivedIn(identitySources)
  const people = new Set([...before.identities, ...after.identities].map(({ github }) => github))
  const identities = [...people].flatMap((github) => {
    const [old, now] = [personIn(before, github), personIn(after, github)]
    return identitiesBy(github, sharedEntries(entriesIn(old), entriesIn(now), derived), now)
  })
  return { identities, identitySources }
}

const personIn = ({ identities }: People, person: number): readonly Identity[] =>
  identities.filter(({ github }) => github === person)
const entriesIn = (identities: readonly Identity[]): readonly Entry[] =>
  identities.flatMap(entriesOf)

/**
 * NB: where names lead to somebody, whom both do not name alike is named twice: who that is is then not sure, and nobody
 * else is led to the same user.
 */
function sharedEntries(
  old: readonly Entry[],
  now: readonly Entry[],
  derived: ReadonlySet<string>,
): readonly Entry[] {
  const both = common(old, now)
  const accounts = new Set([...old, ...now].map(({ account }) => account))
  return [...accounts].flatMap((account) => {
    const of = (entries: readonly Entry[]) => entries.filter((entry) => entry.account === account)
    if (of(both).length > 0 || !derived.has(account)) return of(both)
    const [one, other] = [of(old), of(now)]
    return [...(one.length > 0 ? one : other), ...(other.length > 0 ? other : one)]
  })
}

/** As many as it takes: an identity holds one entry of each directory but AWS's accounts. */
function identitiesBy(
  github: number,
  entries: readonly Entry[],
  now: readonly Identity[],
): readonly Identity[] {
  const of = (key: string) => entries.filter(({ account }) => account === key)
  const [center, gcp, azure] = [of('identity-center'), of('gcp'), of('azure')]
  const aws = entries.filter((entry) => ![...center, ...gcp, ...azure].includes(entry))
  const length = Math.max(Math.min(1, aws.length), center.length, gcp.length, azure.length)
  const nameOf = (objectId: string) =>
    now.find((identity) => identity.azure?.objectId === objectId)?.azure?.name
  return Array.from({ length }, (_, index): Identity => {
    const [inCenter, inGcp, inAzure] = [center[index], gcp[index], azure[index]]
    return {
      github,
      aws: index === 0 ? aws : [],
      ...(inCenter === undefined
        ? {}
        : { identityCenter: { user: inCenter.user, id: inCenter.id } }),
      ...(inGcp === undefined ? {} : { gcp: { email: inGcp.user } }),
      ...(inAzure === undefined
        ? {}
        : { azure: { objectId: inAzure.user, name: nameOf(inAzure.user) } }),
    }
  })
}

/** NB: a template names whom the SAML provider does not: where that is not the same, neither do. */
function sharedSources(
  before: Policy['identitySources'],
  after: Policy['identitySources'],
): Policy['identitySources'] {
  const saml = common(before.saml, after.saml)
  const unlike = [...before.saml, ...after.saml].filter(({ account }) => !leadsTo(saml, account))
  const template = common(before.template, after.template).filter(
    ({ account }) => !leadsTo(unlike, account),
  )
  return { saml, template }
}
