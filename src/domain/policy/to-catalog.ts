// What the organization's document says beside its roles and rules, in the domain's words.
import { limitsLeftOut } from './left-out.ts'
import type { OrganizationDocument } from './schema.ts'
import type { OnCallDocument } from './schema-on-call.ts'
import { toLimits } from './to-role.ts'
import type { Identity, IdentityTemplate, OnCallSource, Policy } from './types.ts'

export type Catalog = Pick<
  Policy,
  'identities' | 'enrolled' | 'enrolledBy' | 'limits' | 'onCall' | 'identitySources' | 'widening'
>

export const toCatalog = (document: OrganizationDocument): Catalog => ({
  identities: (document.identities ?? []).map(toIdentity),
  ...toEnrolled(document.enrolled),
  limits: {
    person: toLimits(document.limits?.person, limitsLeftOut.person),
    repository: toLimits(document.limits?.repository, limitsLeftOut.repository),
    teamMembersMax: document.limits?.team ?? limitsLeftOut.teamMembersMax,
  },
  onCall: new Map(
    Object.entries(document.on_call ?? {}).map(([name, source]) => [name, toOnCall(source)]),
  ),
  identitySources: {
    saml: toTemplates(document.identity_sources?.saml),
    template: toTemplates(document.identity_sources?.template),
  },
  widening: document.policy_changes?.widening,
})

function toIdentity(written: NonNullable<OrganizationDocument['identities']>[number]): Identity {
  const { github, aws = [], identity_center: center, gcp, azure } = written
  return {
    github,
    aws: aws.map(({ account, user, id }) => ({ account, user, id })),
    ...(center === undefined ? {} : { identityCenter: { user: center.user, id: center.id } }),
    ...(gcp === undefined ? {} : { gcp }),
    ...(azure === undefined ? {} : { azure: { objectId: azure.object_id, name: azure.name } }),
  }
}

type SourceDocument = NonNullable<OrganizationDocument['identity_sources']>['saml']

function toTemplates(source: SourceDocument): readonly IdentityTemplate[] {
  const { aws = [], identity_center: center, gcp } = source ?? {}
  return [
    ...aws,
    ...(center === undefined ? [] : [{ account: 'identity-center', user: center }]),
    ...(gcp === undefined ? [] : [{ account: 'gcp', user: gcp }]),
  ]
}

/** NB: beside a property the list is empty, not missing: globs alone decide nothing then. */
function toEnrolled(
  enrolled: OrganizationDocument['enrolled'],
): Pick<Policy, 'enrolled' | 'enrolledBy'> {
  if (enrolled === undefined) return { enrolled: undefined, enrolledBy: undefined }
  return 'property' in enrolled
    ? { enrolled: new Set(), enrolledBy: enrolled }
    : { enrolled: new Set(enrolled), enrolledBy: undefined }
}

const toOnCall = ({ people, url, token, select, fallback }: OnCallDocument): OnCallSource =>
  Array.isArray(people)
    ? { kind: 'list', people }
    : {
        kind: 'http',
        url: url ?? '',
        tokenFrom: token,
        select: select ?? '',
        people,
        fallback: fallback ?? [],
      }
