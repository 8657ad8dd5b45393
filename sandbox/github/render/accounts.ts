// Accounts, teams and the App as the API and the webhooks show them.
import type { components } from '@octokit/openapi-types'
import type { components as hooks } from '@octokit/openapi-webhooks-types'
import { iso, isoOrNull, nodeId } from '../answers.ts'
import type { Account, Installation, Team } from '../model.ts'
import { teamMembers } from '../roles.ts'
import type { World } from '../world.ts'

type Schemas = components['schemas']
type Hooks = hooks['schemas']

export function simpleUser(world: World, account: Account) {
  const url = `${world.url}/users/${encodeURIComponent(account.login)}`
  return {
    login: account.login,
    id: account.id,
    node_id: nodeId(account.type, account.id),
    avatar_url: `${world.url}/avatars/u/${account.id}`,
    gravatar_id: '',
    url,
    html_url: `${world.url}/${account.login}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: account.type,
    site_admin: false,
    user_view_type: 'public',
  } satisfies Schemas['simple-user'] & Hooks['simple-user'] & Hooks['webhooks_user']
}

export const userById = (world: World, id: number) => simpleUser(world, world.accountOrGhost(id))
export const userOrNull = (world: World, id: number | null) =>
  id === null ? null : userById(world, id)

export function publicUser(world: World, account: Account) {
  return {
    ...simpleUser(world, account),
    name: account.name,
    company: null,
    blog: null,
    location: null,
    // Shown only where the account made it public, which nothing may rely on.
    email: null,
    hireable: null,
    bio: null,
    public_repos: 0,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: iso(account.createdAt),
    updated_at: iso(account.createdAt),
  } satisfies Schemas['public-user']
}

export function organization(world: World, account: Account) {
  const url = `${world.url}/orgs/${account.login}`
  return {
    login: account.login,
    id: account.id,
    node_id: nodeId('Organization', account.id),
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url: `${world.url}/avatars/u/${account.id}`,
    description: null,
  } satisfies Schemas['organization-simple'] & Hooks['organization-simple-webhooks']
}

function teamAlone(world: World, team: Team) {
  const url = `${world.url}/organizations/${team.organizationId}/team/${team.id}`
  const login = world.accountOrGhost(team.organizationId).login
  return {
    id: team.id,
    node_id: nodeId('Team', team.id),
    url,
    html_url: `${world.url}/orgs/${login}/teams/${team.slug}`,
    members_url: `${url}/members{/member}`,
    repositories_url: `${url}/repos`,
    name: team.name,
    slug: team.slug,
    description: null,
    permission: 'pull',
    privacy: team.privacy,
    notification_setting: 'notifications_enabled' as const,
    type: 'organization' as const,
    organization_id: team.organizationId,
  } satisfies Schemas['team-simple'] & Omit<Hooks['webhooks_team'], 'parent'>
}

export function team(world: World, shown: Team) {
  const parent = shown.parentId === null ? undefined : world.teams.get(shown.parentId)
  return {
    ...teamAlone(world, shown),
    parent: parent ? teamAlone(world, parent) : null,
  } satisfies Schemas['team'] & Hooks['webhooks_team']
}

export function fullTeam(world: World, shown: Team): Schemas['team-full'] {
  const owner = world.accountOrGhost(shown.organizationId)
  return {
    ...team(world, shown),
    members_count: teamMembers(world, shown).size,
    repos_count: shown.roles.size,
    created_at: iso(shown.createdAt),
    updated_at: iso(shown.createdAt),
    organization: {
      ...organization(world, owner),
      has_organization_projects: true,
      has_repository_projects: true,
      public_repos: 0,
      public_gists: 0,
      followers: 0,
      following: 0,
      html_url: `${world.url}/${owner.login}`,
      created_at: iso(owner.createdAt),
      updated_at: iso(owner.createdAt),
      archived_at: null,
      type: 'Organization',
    },
  }
}

type ShownApp = Pick<World['app'], 'id' | 'slug'> & Partial<World['app']>

export function app(world: World, known: ShownApp = world.app) {
  const made = iso(known.createdAt ?? world.app.createdAt)
  return {
    id: known.id,
    slug: known.slug,
    node_id: nodeId('Integration', known.id),
    owner: simpleUser(world, world.appOwner),
    name: known.slug,
    description: null,
    external_url: 'https://example.invalid',
    html_url: `${world.url}/apps/${known.slug}`,
    created_at: made,
    updated_at: made,
    permissions: { ...known.permissions },
    events: [...(known.events ?? [])],
  } satisfies Schemas['integration'] & Hooks['integration']
}

/** The App that somebody wrote through: a bot's own, or one that acts in a person's name. */
export function writtenThrough(world: World, by: Account, viaApp: boolean) {
  if (by.id === world.bot.id) return app(world)
  if (by.type === 'Bot') return app(world, { id: by.id, slug: by.login.replace(/\[bot\]$/, '') })
  return viaApp ? app(world, { id: 271828, slug: 'another-app' }) : null
}

export function installation(world: World, shown: Installation) {
  const account = world.accountOrGhost(shown.accountId)
  return {
    id: shown.id,
    account: simpleUser(world, account),
    repository_selection: shown.repositories === 'all' ? ('all' as const) : ('selected' as const),
    access_tokens_url: `${world.url}/app/installations/${shown.id}/access_tokens`,
    repositories_url: `${world.url}/installation/repositories`,
    html_url: `${world.url}/organizations/${account.login}/settings/installations/${shown.id}`,
    app_id: world.app.id,
    app_slug: world.app.slug,
    target_id: account.id,
    target_type: account.type,
    permissions: shown.permissions,
    events: [...shown.events],
    created_at: iso(shown.createdAt),
    updated_at: iso(shown.createdAt),
    single_file_name: null,
    suspended_by: null,
    suspended_at: isoOrNull(shown.suspendedAt),
  } satisfies Schemas['installation']
}
