// Which name the policy has for a person in one cloud account, before the cloud is asked who that is.
import type { Person } from '../subjects.ts'
import type { Identity, IdentityTemplate, Policy } from './types.ts'

/** `derived`: from names, not from the map: whom they lead to is remembered. */
export type FoundIdentity =
  | { readonly kind: 'mapped' | 'derived'; readonly identity: Identity }
  | { readonly kind: 'none' }
  | { readonly kind: 'ambiguous'; readonly why: string }

type Sources = Pick<Policy, 'identities' | 'identitySources'>

/** What an IAM user may be called. */
const userPattern = /^[\w+=,.@-]{1,64}$/

/** `nameIds` are what the organization's SAML provider calls this person. */
export function identityOf(
  policy: Sources,
  person: Person,
  account: string,
  nameIds: readonly string[],
): FoundIdentity {
  const mapped = policy.identities
    .filter(({ github }) => github === person.id)
    .flatMap(({ aws }) => aws.filter((entry) => entry.account === account))
  if (mapped.length > 1)
    return { kind: 'ambiguous', why: 'the policy’s `identities` name several IAM users' }
  if (mapped.length === 1) return { kind: 'mapped', identity: { github: person.id, aws: mapped } }
  const { saml, template } = policy.identitySources
  const fromSaml = namesOf(
    saml,
    account,
    nameIds.map((nameId) => samlFields(person, nameId)),
  )
  const users = fromSaml.length > 0 ? fromSaml : namesOf(template, account, [loginField(person)])
  return derived(policy, person, account, users)
}

function derived(
  policy: Sources,
  person: Person,
  account: string,
  [user, ...more]: readonly string[],
): FoundIdentity {
  if (user === undefined) return { kind: 'none' }
  if (more.length > 0)
    return { kind: 'ambiguous', why: 'the identity sources lead to several IAM users' }
  if (isMapped(policy, account, { user }, person))
    return { kind: 'ambiguous', why: 'the IAM user that their name leads to is somebody else’s' }
  const entry = { account, user, id: undefined }
  return { kind: 'derived', identity: { github: person.id, aws: [entry] } }
}

/**
 * Whether the map gives that IAM user to somebody else. NB: it is then not derived for anybody. To IAM, names are the
 * same whatever their case.
 */
export const isMapped = (
  { identities }: Pick<Policy, 'identities'>,
  account: string,
  { user, id }: { readonly user?: string; readonly id?: string },
  notTo: Person,
): boolean =>
  identities.some(
    ({ github, aws }) =>
      github !== notTo.id &&
      aws.some(
        (entry) =>
          entry.account === account &&
          (entry.user.toLowerCase() === user?.toLowerCase() ||
            (id !== undefined && entry.id === id)),
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

/** Each name once. One that no IAM user can have leads nowhere. */
function namesOf(
  templates: readonly IdentityTemplate[],
  account: string,
  people: readonly Fields[],
): readonly string[] {
  const names = templates
    .filter((template) => template.account === account)
    .flatMap(({ user }) => people.flatMap((fields) => fill(user, fields) ?? []))
  return [...new Set(names)].filter((name) => userPattern.test(name))
}

/** Undefined where a field is not known here. */
function fill(template: string, fields: Fields): string | undefined {
  const names = [...template.matchAll(/\{([a-z_]+)\}/g)].map(([, name = '']) => name)
  if (!names.every((name) => fields.has(name))) return undefined
  return template.replaceAll(/\{([a-z_]+)\}/g, (_, name: string) => fields.get(name) ?? '')
}
