// What the organization's SAML provider calls a person: only GraphQL tells it.
import { z } from 'zod'
import { GitHubError } from '../../domain/errors.ts'
import type { Person, Subject } from '../../domain/subjects.ts'
import type { Client } from './client.ts'
import { orUndefined } from './or-undefined.ts'
import { readAccount } from './people.ts'
import { locate } from './repositories.ts'
import { organizationScope } from './scopes.ts'

const query = `query ($org: String!, $person: String!) {
  organization(login: $org) {
    databaseId
    samlIdentityProvider {
      externalIdentities(first: 100, login: $person) {
        pageInfo { hasNextPage }
        nodes { samlIdentity { nameId } user { databaseId } }
      }
    }
  }
}`

const answer = z.object({
  organization: z.object({
    databaseId: z.int(),
    samlIdentityProvider: z
      .object({
        externalIdentities: z.object({
          pageInfo: z.object({ hasNextPage: z.literal(false) }),
          nodes: z.array(
            z
              .object({
                samlIdentity: z.object({ nameId: z.string() }).nullable(),
                user: z.object({ databaseId: z.int() }).nullable(),
              })
              .nullable(),
          ),
        }),
      })
      .nullable(),
  }),
})

export async function readSamlIdentities(
  client: Client,
  subject: Subject,
  person: Person,
): Promise<readonly { readonly nameId: string }[]> {
  const { owner: org } = await locate(client, subject)
  // The query takes a login, which may have changed hands: what it answers counts only where it names the id.
  const account = await readAccount(client, subject, person.id)
  if (account === undefined) return []
  const what = `read the SAML identities in ${org}`
  const found = await orUndefined(
    client.asInstallation(organizationScope(subject), what, (octokit): Promise<unknown> =>
      octokit.graphql(query, { org, person: account.login }),
    ),
  )
  // An account that is no organization.
  if (found === undefined) return []
  const { success, data } = answer.safeParse(found)
  if (!success) throw new GitHubError('invalid', `GitHub: could not ${what} (not as documented)`)
  const { databaseId, samlIdentityProvider: provider } = data.organization
  if (databaseId !== subject.accountId)
    throw new GitHubError('transient', `GitHub: ${org} was renamed while it was read`)
  const nodes = provider?.externalIdentities.nodes ?? []
  const names = nodes.flatMap((node) =>
    node?.user?.databaseId === person.id ? (node.samlIdentity?.nameId ?? []) : [],
  )
  return [...new Set(names)].map((nameId) => ({ nameId }))
}
