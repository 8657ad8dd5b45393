// NB: what is given to one of two people who are the same cloud user is given to the other as well.
import { repeated, valueAt, type Finding } from './issues.ts'
import type { OrganizationDocument } from './schema.ts'

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

function sharedFindings(identities: Identities): readonly Finding[] {
  const owners = new Map<string, number>()
  const message = 'this IAM user is already another person: give each person their own'
  return identities.flatMap(({ aws = [] }, person) =>
    aws.flatMap(({ account, user, id }, index) => {
      const names = { user: user.toLowerCase(), ...(id === undefined ? {} : { id }) }
      return Object.entries(names).flatMap(([key, name]) => {
        const shared = `${account}/${key}/${name}`
        const owner = owners.get(shared) ?? person
        owners.set(shared, owner)
        return owner === person ? [] : [valueAt(['identities', person, 'aws', index, key], message)]
      })
    }),
  )
}

export const sourceFindings = (sources: Sources): readonly Finding[] =>
  Object.entries(sources).flatMap(([name, source]) =>
    repeated(
      (source?.aws ?? []).map(({ account }) => account),
      (index) => ['identity_sources', name, 'aws', index, 'account'],
      'this account is already listed: keep one way to find its IAM users',
    ),
  )
