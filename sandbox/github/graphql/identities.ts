// An organization's SAML identities, as GraphQL shows them: https://docs.github.com/graphql/reference
import { nodeId } from '../answers.ts'
import { permits, type Caller } from '../authentication.ts'
import type { Account, SamlIdentity } from '../model.ts'
import type { World } from '../world.ts'
import { FieldProblem, Node, type Resolver } from './execute.ts'
import { QueryProblem } from './parse.ts'

export const queryRoot = (world: World, caller: Caller): Node =>
  new Node('Query', {
    organization: taking(['login'], ({ login }) => {
      const found = typeof login === 'string' ? world.account(login) : undefined
      if (found?.type !== 'Organization')
        throw new FieldProblem(
          'NOT_FOUND',
          `Could not resolve to an Organization with the login of '${String(login)}'.`,
        )
      return organization(world, caller, found)
    }),
  })

function organization(world: World, caller: Caller, owner: Account): Node {
  return new Node('Organization', {
    id: () => nodeId('Organization', owner.id),
    databaseId: () => owner.id,
    login: () => owner.login,
    samlIdentityProvider: () => {
      const own = caller.installation.accountId === owner.id
      if (!own || !permits(caller.token, { members: 'read' }))
        throw new FieldProblem('FORBIDDEN', 'Resource not accessible by integration')
      return owner.saml && provider(world, owner, owner.saml)
    },
  })
}

const filters = ['login', 'userName', 'membersOnly']

function provider(world: World, owner: Account, identities: readonly SamlIdentity[]): Node {
  return new Node('OrganizationIdentityProvider', {
    id: () => nodeId('OrganizationIdentityProvider', owner.id),
    externalIdentities: taking(['first', 'after', 'last', 'before', ...filters], (args) => {
      const login = typeof args['login'] === 'string' ? world.account(args['login']) : undefined
      const matching = identities.filter(
        ({ nameId, userId }) =>
          (typeof args['login'] !== 'string' || (login !== undefined && userId === login.id)) &&
          (typeof args['userName'] !== 'string' || nameId === args['userName']) &&
          (args['membersOnly'] !== true || (userId !== null && owner.members.has(userId))),
      )
      return connection(world, matching, args)
    }),
  })
}

function connection(
  world: World,
  all: readonly SamlIdentity[],
  { first, after }: Readonly<Record<string, unknown>>,
): Node {
  if (typeof first !== 'number')
    throw new FieldProblem(
      'MISSING_PAGINATION_BOUNDARIES',
      'You must provide a `first` or `last` value to properly paginate the `externalIdentities` connection.',
    )
  if (first > 100)
    throw new FieldProblem(
      'EXCESSIVE_PAGINATION',
      `Requesting ${first} records on the \`externalIdentities\` connection exceeds the \`first\` limit of 100 records.`,
    )
  const begin = typeof after === 'string' ? all.findIndex(({ guid }) => guid === after) + 1 : 0
  const page = all.slice(begin, begin + first)
  return new Node('ExternalIdentityConnection', {
    totalCount: () => all.length,
    nodes: () => page.map((one) => identity(world, one)),
    edges: () =>
      page.map(
        (one) =>
          new Node('ExternalIdentityEdge', {
            cursor: () => one.guid,
            node: () => identity(world, one),
          }),
      ),
    pageInfo: () =>
      new Node('PageInfo', {
        hasNextPage: () => begin + first < all.length,
        hasPreviousPage: () => begin > 0,
        startCursor: () => page[0]?.guid ?? null,
        endCursor: () => page.at(-1)?.guid ?? null,
      }),
  })
}

function identity(world: World, { guid, nameId, userId }: SamlIdentity): Node {
  const user = userId === null ? undefined : world.accounts.get(userId)
  return new Node('ExternalIdentity', {
    guid: () => guid,
    samlIdentity: () =>
      new Node('ExternalIdentitySamlAttributes', { nameId: () => nameId, username: () => nameId }),
    user: () =>
      user
        ? new Node('User', {
            id: () => nodeId('User', user.id),
            databaseId: () => user.id,
            login: () => user.login,
            name: () => user.name,
          })
        : null,
  })
}

/** Refuses arguments that the field does not have. */
const taking =
  (known: readonly string[], resolver: Resolver): Resolver =>
  (args) => {
    const strange = Object.keys(args).find((name) => !known.includes(name))
    if (strange !== undefined) throw new QueryProblem(`Field doesn't accept argument '${strange}'`)
    return resolver(args)
  }
