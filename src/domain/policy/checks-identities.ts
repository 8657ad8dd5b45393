// NB: what is given to one of two people who are the same cloud user is given to the other as well.
import { repeated, valueAt, type Finding } from './issues.ts'
import type { OrganizationDocument } from './schema.ts'
import type { Path } from './yaml-document.ts'

type Identities = NonNullable<OrganizationDocument['identities']>
type Sources = NonNullable<OrganizationDocument['identity_sources']>

export function identityFindings(identities: Identities): readonly Finding[] {
  return [
    ...repeated(
      identities.map(({ github }) => github),
      (index) => ['identities', index, 'github'],
      'this person is already listed above: write everything of theirs in one place',
    ),
    ...identities.flatMap(({ aws = [] }, person) =>
      repeated(
        aws.map(({ account }) => account),
        (index) => ['identities', person, 'aws', index, 'account'],
        'this account is already listed for this person: keep one IAM user',
      ),
    ),
    ...sharedFindings(identities),
  ]
}

/** One thing that only one person may be. */
interface Known {
  readonly name: string
  readonly at: Path
  /** As people call it. */
  readonly kind: string
}

function sharedFindings(identities: Identities): readonly Finding[] {
  const owners = new Map<string, number>()
  return identities.flatMap((identity, person) =>
    knownAs(identity).flatMap(({ name, at, kind }) => {
      const owner = owners.get(name) ?? person
      owners.set(name, owner)
      const message = `this ${kind} is already another person: give each person their own`
      return owner === person ? [] : [valueAt(['identities', person, ...at], message)]
    }),
  )
}

/** Names are the same whatever their case. */
const knownAs = ({
  aws = [],
  identity_center: center,
  gcp,
  azure,
}: Identities[number]): readonly Known[] => [
  ...aws.flatMap((entry, index) =>
    userAndId(`aws/${entry.account}`, entry, ['aws', index], 'IAM user'),
  ),
  ...(center === undefined
    ? []
    : userAndId('identity-center', center, ['identity_center'], 'Identity Center user')),
  ...(gcp === undefined
    ? []
    : [{ name: `gcp/${gcp.email}`, at: ['gcp', 'email'], kind: 'Google account' }]),
  ...(azure === undefined
    ? []
    : [{ name: `azure/${azure.object_id}`, at: ['azure', 'object_id'], kind: 'Entra user' }]),
]

const userAndId = (
  place: string,
  { user, id }: { readonly user: string; readonly id?: string | undefined },
  at: Path,
  kind: string,
): readonly Known[] => [
  { name: `${place}/user/${user.toLowerCase()}`, at: [...at, 'user'], kind },
  ...(id === undefined ? [] : [{ name: `${place}/id/${id}`, at: [...at, 'id'], kind }]),
]

export const sourceFindings = (sources: Sources): readonly Finding[] =>
  Object.entries(sources).flatMap(([name, source]) => [
    ...(Object.keys(source ?? {}).length > 0
      ? []
      : [valueAt(['identity_sources', name], 'write what it leads to, such as `aws: [...]`')]),
    ...repeated(
      (source?.aws ?? []).map(({ account }) => account),
      (index) => ['identity_sources', name, 'aws', index, 'account'],
      'this account is already listed: keep one way to find its IAM users',
    ),
  ])
