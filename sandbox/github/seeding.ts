// Sets the scene without telling anybody: accounts, teams, repositories, files.
import { randomUUID } from 'node:crypto'
import type { Changes } from './git.ts'
import type {
  Account,
  BaseRole,
  Commit,
  Membership,
  Repository,
  Role,
  Team,
  Visibility,
} from './model.ts'
import { personOf, type Who, type World } from './world.ts'

export interface AccountOptions {
  readonly id?: number
  readonly name?: string
  readonly email?: string
}
export interface OrganizationOptions extends AccountOptions {
  /** What every member gets on every repository. `read` unless set. */
  readonly baseRole?: BaseRole
  readonly owners?: readonly Who[]
  readonly members?: readonly Who[]
}
export interface TeamOptions {
  readonly id?: number
  readonly slug?: string
  readonly parent?: Team
  readonly members?: readonly Who[]
  readonly privacy?: Team['privacy']
}
export interface RepositoryOptions {
  readonly id?: number
  /** `private` unless set. */
  readonly visibility?: Visibility
  readonly archived?: boolean
  readonly defaultBranch?: string
  readonly files?: Changes
  /** Direct collaborators by login. */
  readonly roles?: Readonly<Record<string, BaseRole>>
  readonly parent?: Repository
}
const known = ({ id, name, email }: AccountOptions): Partial<Account> => ({
  ...(id !== undefined && { id }),
  ...(name !== undefined && { name }),
  ...(email !== undefined && { email }),
})

export const slugOf = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')

export function accountSeeds(world: World) {
  return {
    addUser: (login: string, options: AccountOptions = {}): Account =>
      world.addAccount(login, 'User', known(options)),
    /** `login` as people see it, such as `renovate[bot]`. */
    addBot: (login: string, options: AccountOptions = {}): Account =>
      world.addAccount(login, 'Bot', known(options)),
    addOrganization(login: string, options: OrganizationOptions = {}): Account {
      const { owners = [], members = [], baseRole = 'read' } = options
      const owner = world.addAccount(login, 'Organization', { ...known(options), baseRole })
      for (const person of members) setMember(world, owner, person, 'member')
      for (const person of owners) setMember(world, owner, person, 'admin')
      return owner
    },
    setMembership(
      owner: Account,
      person: Who,
      role: 'admin' | 'member' = 'member',
      state: 'active' | 'pending' = 'active',
      { publicly = false } = {},
    ): void {
      setMember(world, owner, person, role, state, publicly)
    },
    addTeam(owner: Account, name: string, options: TeamOptions = {}): Team {
      const team: Team = {
        id: world.nextId(options.id, world.teams),
        organizationId: owner.id,
        name,
        slug: options.slug ?? slugOf(name),
        privacy: options.privacy ?? 'closed',
        parentId: options.parent?.id ?? null,
        members: new Map(),
        roles: new Map(),
        createdAt: world.now(),
      }
      world.teams.set(team.id, team)
      for (const person of options.members ?? [])
        team.members.set(personOf(world, person).id, { role: 'member', state: 'active' })
      return team
    },
    setTeamMembership(
      team: Team,
      person: Who,
      state: 'active' | 'pending' = 'active',
      role: 'member' | 'maintainer' = 'member',
    ): void {
      team.members.set(personOf(world, person).id, { role, state })
      world.changed()
    },
    /** Gives a team a role on a repository. */
    setTeamRole(team: Team, on: Repository, role: BaseRole): void {
      team.roles.set(on.id, { name: role, base: role })
      world.changed()
    },
    /** Null: the organization has no SAML provider. One whom nobody has linked has no `person`. */
    setSamlIdentities(
      owner: Account,
      identities: readonly { readonly nameId: string; readonly person?: Who }[] | null,
    ): void {
      owner.saml =
        identities?.map(({ nameId, person }) => ({
          guid: randomUUID(),
          nameId,
          userId: person === undefined ? null : personOf(world, person).id,
        })) ?? null
      world.changed()
    },
    renameAccount: (account: Account, login: string) => world.renameAccount(account, login),
    removeAccount: (account: Account) => world.removeAccount(account),
  }
}

function setMember(
  world: World,
  owner: Account,
  person: Who,
  role: 'admin' | 'member',
  state: Membership<'admin'>['state'] = 'active',
  publicly = false,
): void {
  owner.members.set(personOf(world, person).id, { role, state, publicly })
  world.changed()
}

export function repositorySeeds(world: World) {
  const addRepository = (owner: Who, name: string, options: RepositoryOptions = {}): Repository => {
    const repository = emptyRepository(world, personOf(world, owner), name, options)
    if (world.repository(personOf(world, owner).login, name)) throw new Error(`${name} is taken`)
    world.repositories.set(repository.id, repository)
    for (const [login, role] of Object.entries(options.roles ?? {}))
      repository.roles.set(personOf(world, login).id, { name: role, base: role })
    const { parent, files } = options
    if (parent) {
      for (const [branch, sha] of parent.branches) repository.branches.set(branch, sha)
      for (const sha of parent.commits) repository.commits.add(sha)
    }
    if (!parent || files)
      world.commit(repository, repository.defaultBranch, files ?? { 'README.md': `# ${name}\n` }, {
        message: 'Begin',
      })
    return repository
  }
  return {
    addRepository,
    fork: (parent: Repository, owner: Who, options: RepositoryOptions = {}): Repository =>
      addRepository(owner, parent.name, {
        visibility: parent.visibility,
        defaultBranch: parent.defaultBranch,
        ...options,
        parent,
      }),
    /** A direct collaborator's role; `none` takes it away. A custom role's name comes with the base it amounts to. */
    setRole(on: Repository, person: Who, role: BaseRole | Role): void {
      const given = typeof role === 'string' ? { name: role, base: role } : role
      if (given.base === 'none') on.roles.delete(personOf(world, person).id)
      else on.roles.set(personOf(world, person).id, given)
      world.changed()
    },
    /** A custom property of an organization's repository; null takes its value away. */
    setProperty(on: Repository, name: string, value: string | readonly string[] | null): void {
      if (value === null) on.properties.delete(name)
      else on.properties.set(name, value)
      world.changed()
    },
    /** Commits one file; null deletes it. */
    putFile(
      inside: Repository,
      path: string,
      content: string | Uint8Array | null,
      options: { readonly branch?: string; readonly author?: Who; readonly message?: string } = {},
    ): Commit {
      const { branch = inside.defaultBranch, author, message = `Change ${path}` } = options
      return world.commit(
        inside,
        branch,
        { [path]: content },
        {
          message,
          ...(author !== undefined && { author: personOf(world, author) }),
        },
      )
    },
  }
}

function emptyRepository(
  world: World,
  owner: Account,
  name: string,
  options: RepositoryOptions,
): Repository {
  const at = world.now()
  return {
    id: world.nextId(options.id, world.repositories),
    ownerId: owner.id,
    name,
    visibility: options.visibility ?? 'private',
    archived: options.archived ?? false,
    defaultBranch: options.defaultBranch ?? 'main',
    parentId: options.parent?.id ?? null,
    roles: new Map(),
    branches: new Map(),
    commits: new Set(),
    issues: new Map(),
    gone: new Map(),
    labels: new Map(),
    properties: new Map(),
    activities: [],
    nextNumber: 1,
    createdAt: at,
    updatedAt: at,
    pushedAt: at,
  }
}
