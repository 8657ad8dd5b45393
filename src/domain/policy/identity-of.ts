// Which name the policy has for a person in one cloud account, before the cloud is asked who that is.
import type { Directory } from '../lanes/principals.ts'
import type { Person } from '../subjects.ts'
import type { Identity, IdentityTemplate, Policy } from './types.ts'

/** `derived`: from names, not from the map: whom they lead to is remembered. */
export type FoundIdentity =
  | { readonly kind: 'mapped' | 'derived'; readonly identity: Identity }
  | { readonly kind: 'none' }
  | { readonly kind: 'ambiguous'; readonly why: string }

type Sources = Pick<Policy, 'identities' | 'identitySources'>

/** What somebody may be called in each directory. Entra's object ids are in the map alone. */
const namePatterns: Readonly<Record<Directory['cloud'], RegExp>> = {
  aws: /^[\w+=,.@-]{1,64}$/,
  'identity-center': /^[\p{L}\p{N}+=,.@_-]{1,128}$/u,
  gcp: /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9.-]{1,190}$/,
  azure: /(?!)/,
}

/** What people call the one that somebody is there. */
const kinds: Readonly<Record<Directory['cloud'], string>> = {
  aws: 'IAM user',
  'identity-center': 'Identity Center user',
  gcp: 'Google account',
  azure: 'Entra user',
}

/** `nameIds` are what the organization's SAML provider calls this person. */
export function identityOf(
  policy: Sources,
  person: Person,
  directory: Directory,
  nameIds: readonly string[],
): FoundIdentity {
  const mapped = policy.identities
    .filter(({ github }) => github === person.id)
    .flatMap((identity) => entriesIn(identity, directory).map((entry) => ({ identity, entry })))
  const [first] = mapped
  if (mapped.length > 1)
    return {
      kind: 'ambiguous',
      why: `the policy’s \`identities\` name several ${kinds[directory.cloud]}s`,
    }
  if (first !== undefined)
    return { kind: 'mapped', identity: { ...first.identity, aws: awsOf(directory, first.entry) } }
  const { saml, template } = policy.identitySources
  const fromSaml = namesOf(
    saml,
    directory,
    nameIds.map((nameId) => samlFields(person, nameId)),
  )
  const users = fromSaml.length > 0 ? fromSaml : namesOf(template, directory, [loginField(person)])
  return derived(policy, person, directory, users)
}

/** Somebody in one directory. */
export interface Entry {
  /** The directory's key: an AWS account, or the name of the cloud. */
  readonly account: string
  /** As they are called there. */
  readonly user: string
  /** What stays whatever they are called. */
  readonly id: string | undefined
}

/** Under which names a person of the map is known, wherever they are. */
export const entriesOf = ({ aws, identityCenter, gcp, azure }: Identity): readonly Entry[] => [
  ...aws,
  ...(identityCenter === undefined ? [] : [{ account: 'identity-center', ...identityCenter }]),
  ...(gcp === undefined ? [] : [{ account: 'gcp', user: gcp.email, id: undefined }]),
  ...(azure === undefined ? [] : [{ account: 'azure', user: azure.objectId, id: azure.objectId }]),
]

/** More than one is not sure. */
const entriesIn = (identity: Identity, { key }: Directory): readonly Entry[] =>
  entriesOf(identity).filter(({ account }) => account === key)

/** Whether the map says who that person is there. */
export const isIn = (identity: Identity, directory: Directory): boolean =>
  entriesIn(identity, directory).length > 0

/** What the map calls somebody there. */
export const nameIn = (identity: Identity, directory: Directory): string | undefined =>
  entriesIn(identity, directory)[0]?.user

const awsOf = ({ cloud, key }: Directory, { user, id }: Entry): Identity['aws'] =>
  cloud === 'aws' ? [{ account: key, user, id }] : []

function derived(
  policy: Sources,
  person: Person,
  directory: Directory,
  [user, ...more]: readonly string[],
): FoundIdentity {
  if (user === undefined) return { kind: 'none' }
  const kind = kinds[directory.cloud]
  if (more.length > 0)
    return { kind: 'ambiguous', why: `the identity sources lead to several ${kind}s` }
  if (isMapped(policy, directory, { user }, person))
    return {
      kind: 'ambiguous',
      why: `the ${kind} that their name leads to is somebody else’s`,
    }
  return { kind: 'derived', identity: identityBy(person, directory, user) }
}

function identityBy({ id: github }: Person, directory: Directory, user: string): Identity {
  const nothing = { github, aws: [] }
  switch (directory.cloud) {
    case 'aws':
      return { github, aws: [{ account: directory.key, user, id: undefined }] }
    case 'identity-center':
      return { ...nothing, identityCenter: { user, id: undefined } }
    case 'gcp':
      return { ...nothing, gcp: { email: user } }
    case 'azure':
      return nothing
    default:
      return directory.cloud satisfies never
  }
}

/**
 * Whether the map gives that user to somebody else. NB: it is then not derived for anybody. To the clouds, names are the
 * same whatever their case.
 */
export const isMapped = (
  { identities }: Pick<Policy, 'identities'>,
  directory: Directory,
  { user, id }: { readonly user?: string; readonly id?: string },
  notTo: Person,
): boolean =>
  identities.some(
    (identity) =>
      identity.github !== notTo.id &&
      entriesIn(identity, directory).some(
        (entry) =>
          entry.user.toLowerCase() === user?.toLowerCase() || (id !== undefined && entry.id === id),
      ),
  )

type Fields = ReadonlyMap<string, string>

const loginField = ({ login }: Person): Fields => new Map([['login', login]])
const samlFields = ({ login }: Person, nameId: string): Fields =>
  new Map([
    ['login', login],
    ['name_id', nameId],
    ['name_id_local', nameId.replace(/@[^@]*$/, '')],
  ])

/** Each name once. One that nobody can have there leads nowhere. NB: Google's addresses are the same in lower case. */
function namesOf(
  templates: readonly IdentityTemplate[],
  { cloud, key }: Directory,
  people: readonly Fields[],
): readonly string[] {
  const names = templates
    .filter((template) => template.account === key)
    .flatMap(({ user }) => people.flatMap((fields) => fill(user, fields) ?? []))
    .map((name) => (cloud === 'gcp' ? name.toLowerCase() : name))
  return [...new Set(names)].filter((name) => namePatterns[cloud].test(name))
}

/** Undefined where a field is not known here. */
function fill(template: string, fields: Fields): string | undefined {
  const names = [...template.matchAll(/\{([a-z_]+)\}/g)].map(([, name = '']) => name)
  if (!names.every((name) => fields.has(name))) return undefined
  return template.replaceAll(/\{([a-z_]+)\}/g, (_, name: string) => fields.get(name) ?? '')
}
