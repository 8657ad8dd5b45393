// Repositories, files and commits as the API and the webhooks show them.
import type { components } from '@octokit/openapi-types'
import type { components as hooks } from '@octokit/openapi-webhooks-types'
import { iso, nodeId } from '../answers.ts'
import { blobSha, diff, type FileChange } from '../git.ts'
import type { Commit, Repository } from '../model.ts'
import type { World } from '../world.ts'
import { simpleUser, userById } from './accounts.ts'

type Schemas = components['schemas']
type Hooks = hooks['schemas']

export const repositoryUrl = (world: World, repository: Repository) =>
  `${world.url}/repos/${world.fullName(repository)}`
export const webUrl = (world: World, repository: Repository) =>
  `${world.url}/${world.fullName(repository)}`

function links(url: string) {
  return {
    archive_url: `${url}/{archive_format}{/ref}`,
    assignees_url: `${url}/assignees{/user}`,
    blobs_url: `${url}/git/blobs{/sha}`,
    branches_url: `${url}/branches{/branch}`,
    collaborators_url: `${url}/collaborators{/collaborator}`,
    comments_url: `${url}/comments{/number}`,
    commits_url: `${url}/commits{/sha}`,
    compare_url: `${url}/compare/{base}...{head}`,
    contents_url: `${url}/contents/{+path}`,
    contributors_url: `${url}/contributors`,
    deployments_url: `${url}/deployments`,
    downloads_url: `${url}/downloads`,
    events_url: `${url}/events`,
    forks_url: `${url}/forks`,
    git_commits_url: `${url}/git/commits{/sha}`,
    git_refs_url: `${url}/git/refs{/sha}`,
    git_tags_url: `${url}/git/tags{/sha}`,
    hooks_url: `${url}/hooks`,
    issue_comment_url: `${url}/issues/comments{/number}`,
    issue_events_url: `${url}/issues/events{/number}`,
    issues_url: `${url}/issues{/number}`,
    keys_url: `${url}/keys{/key_id}`,
    labels_url: `${url}/labels{/name}`,
    languages_url: `${url}/languages`,
    merges_url: `${url}/merges`,
    milestones_url: `${url}/milestones{/number}`,
    notifications_url: `${url}/notifications{?since,all,participating}`,
    pulls_url: `${url}/pulls{/number}`,
    releases_url: `${url}/releases{/id}`,
    stargazers_url: `${url}/stargazers`,
    statuses_url: `${url}/statuses/{sha}`,
    subscribers_url: `${url}/subscribers`,
    subscription_url: `${url}/subscription`,
    tags_url: `${url}/tags`,
    teams_url: `${url}/teams`,
    trees_url: `${url}/git/trees{/sha}`,
  }
}

export function repository(world: World, shown: Repository) {
  const url = repositoryUrl(world, shown)
  const web = webUrl(world, shown)
  const open = [...shown.issues.values()].filter(({ state }) => state === 'open').length
  return {
    id: shown.id,
    node_id: nodeId('Repository', shown.id),
    name: shown.name,
    full_name: world.fullName(shown),
    owner: userById(world, shown.ownerId),
    private: shown.visibility !== 'public',
    visibility: shown.visibility,
    html_url: web,
    url,
    ...links(url),
    git_url: `git://${world.fullName(shown)}.git`,
    ssh_url: `git@127.0.0.1:${world.fullName(shown)}.git`,
    clone_url: `${web}.git`,
    svn_url: web,
    mirror_url: null,
    description: null,
    homepage: null,
    language: null,
    license: null,
    fork: shown.parentId !== null,
    forks: 0,
    forks_count: 0,
    stargazers_count: 0,
    watchers: 0,
    watchers_count: 0,
    size: 0,
    default_branch: shown.defaultBranch,
    open_issues: open,
    open_issues_count: open,
    is_template: false,
    topics: [],
    has_issues: true,
    has_projects: false,
    has_wiki: false,
    has_pages: false,
    has_downloads: false,
    has_discussions: false,
    archived: shown.archived,
    disabled: false,
    allow_forking: true,
    web_commit_signoff_required: false,
    pushed_at: iso(shown.pushedAt),
    created_at: iso(shown.createdAt),
    updated_at: iso(shown.updatedAt),
  } satisfies Schemas['repository'] & Hooks['repository-webhooks']
}

export function fullRepository(world: World, shown: Repository) {
  const owner = world.accountOrGhost(shown.ownerId)
  const parent = shown.parentId === null ? undefined : world.repositories.get(shown.parentId)
  return {
    ...repository(world, shown),
    ...(owner.type === 'Organization' && { organization: simpleUser(world, owner) }),
    ...(parent && { parent: repository(world, parent), source: repository(world, parent) }),
    ...(owner.type === 'Organization' && {
      custom_properties: Object.fromEntries(shown.properties),
    }),
    network_count: 0,
    subscribers_count: 0,
  } satisfies Schemas['full-repository']
}

/** Larger files come without contents, as from GitHub: one mebibyte. */
const inlineBytesMax = 1024 * 1024

export function file(world: World, inside: Repository, path: string, content: Buffer, ref: string) {
  const sha = blobSha(content)
  const url = `${repositoryUrl(world, inside)}/contents/${path}?ref=${encodeURIComponent(ref)}`
  const git = `${repositoryUrl(world, inside)}/git/blobs/${sha}`
  const html = `${webUrl(world, inside)}/blob/${ref}/${path}`
  const inline = content.length <= inlineBytesMax
  return {
    type: 'file',
    name: path.split('/').at(-1) ?? path,
    path,
    sha,
    size: content.length,
    encoding: inline ? 'base64' : 'none',
    content: inline ? content.toString('base64').replaceAll(/.{1,60}/g, '$&\n') : '',
    url,
    git_url: git,
    html_url: html,
    download_url: `${world.url}/raw/${world.fullName(inside)}/${ref}/${path}`,
    _links: { self: url, git, html },
  } satisfies Schemas['content-file']
}

export function changedFile(world: World, inside: Repository, change: FileChange, ref: string) {
  const web = webUrl(world, inside)
  return {
    sha: change.sha,
    filename: change.path,
    status: change.status,
    additions: change.additions,
    deletions: change.deletions,
    changes: change.additions + change.deletions,
    blob_url: `${web}/blob/${ref}/${change.path}`,
    raw_url: `${web}/raw/${ref}/${change.path}`,
    contents_url: `${repositoryUrl(world, inside)}/contents/${change.path}?ref=${ref}`,
    ...(change.previous !== undefined && { previous_filename: change.previous }),
  } satisfies Schemas['diff-entry']
}

export function commit(world: World, inside: Repository, shown: Commit) {
  const url = repositoryUrl(world, inside)
  const person = { name: shown.authorName, email: shown.authorEmail, date: iso(shown.at) }
  const link = (sha: string) => ({
    sha,
    url: `${url}/commits/${sha}`,
    html_url: `${webUrl(world, inside)}/commit/${sha}`,
  })
  const account = (id: number | null) => (id === null ? null : userById(world, id))
  return {
    ...link(shown.sha),
    node_id: nodeId(`Commit${shown.sha}`, inside.id),
    comments_url: `${url}/commits/${shown.sha}/comments`,
    commit: {
      url: `${url}/git/commits/${shown.sha}`,
      author: person,
      committer: person,
      message: shown.message,
      comment_count: 0,
      tree: { sha: shown.treeSha, url: `${url}/git/trees/${shown.treeSha}` },
      verification: {
        verified: false,
        reason: 'unsigned',
        payload: null,
        signature: null,
        verified_at: null,
      },
    },
    author: account(shown.authorId),
    committer: account(shown.committerId),
    parents: shown.parents.map(link),
  } satisfies Schemas['commit']
}

export function commitWithFiles(world: World, inside: Repository, shown: Commit) {
  const [parent] = shown.parents
  const before = parent === undefined ? undefined : world.commits.get(parent)?.files
  const changes = diff(before ?? new Map(), shown.files)
  const additions = changes.reduce((sum, change) => sum + change.additions, 0)
  const deletions = changes.reduce((sum, change) => sum + change.deletions, 0)
  return {
    ...commit(world, inside, shown),
    stats: { additions, deletions, total: additions + deletions },
    files: changes.slice(0, 300).map((change) => changedFile(world, inside, change, shown.sha)),
  } satisfies Schemas['commit']
}
