// Repositories, their files and commits, and what a person may do there.
import type { components } from '@octokit/openapi-types'
import { ApiError, forbidden, notFound } from '../answers.ts'
import { blobSha } from '../git.ts'
import type { Commit, Repository } from '../model.ts'
import { simpleUser } from '../render/accounts.ts'
import {
  commit as shownCommit,
  commitWithFiles,
  file,
  fullRepository,
  repositoryUrl,
  webUrl,
} from '../render/repositories.ts'
import { booleans, effectiveRole, folded } from '../roles.ts'
import { answer, type RepositoryCall, type Router } from '../routing.ts'
import type { World } from '../world.ts'

type Schemas = components['schemas']

export function repositoryRoutes(router: Router): void {
  const { world } = router

  router.repository('GET ', { metadata: 'read' }, ({ repository }) =>
    answer<'repos/get'>(fullRepository(world, repository)),
  )

  router.repository(
    'GET /collaborators/:username/permission',
    { metadata: 'read' },
    ({ repository, caller, param }) => {
      if (caller.installation.accountId !== repository.ownerId) throw forbidden()
      const person = world.account(param('username'))
      if (!person || person.type === 'Organization') throw notFound()
      const role = effectiveRole(world, repository, person)
      return answer<'repos/get-collaborator-permission-level'>({
        permission: folded(role.base),
        role_name: role.name,
        user: {
          ...simpleUser(world, person),
          permissions: booleans(role.base),
          role_name: role.name,
        },
      })
    },
  )

  router.repository('GET /properties/values', { metadata: 'read' }, ({ repository }) => {
    if (world.accountOrGhost(repository.ownerId).type !== 'Organization') throw notFound()
    return answer<'repos/custom-properties-for-repos-get-repository-values'>(
      [...repository.properties].map(([property_name, value]) => ({
        property_name,
        value: typeof value === 'string' ? value : [...value],
      })),
    )
  })

  router.repository('GET /contents', { contents: 'read' }, (call) => contents(world, call, ''))
  router.repository('GET /contents/:path', { contents: 'read' }, (call) =>
    contents(world, call, call.param('path').replace(/\/$/, '')),
  )
  // The App never gets to write contents, whatever the installation says.
  for (const method of ['PUT', 'DELETE'])
    router.repository(`${method} /contents/:path`, { contents: 'write' }, () => {
      throw forbidden()
    })

  router.repository('GET /commits/:ref', { contents: 'read' }, ({ repository, param }) => {
    const found = resolve(world, repository, param('ref'))
    if (!found) throw new ApiError(422, `No commit found for SHA: ${param('ref')}`)
    return answer<'repos/get-commit'>(commitWithFiles(world, repository, found))
  })

  router.repository('GET /branches/:ref', { contents: 'read' }, ({ repository, param }) => {
    const name = param('ref')
    const sha = repository.branches.get(name)
    if (sha === undefined) throw new ApiError(404, 'Branch not found')
    const self = `${repositoryUrl(world, repository)}/branches/${name}`
    return answer<'repos/get-branch'>({
      name,
      commit: shownCommit(world, repository, world.commitOf(sha)),
      _links: { self, html: `${webUrl(world, repository)}/tree/${name}` },
      protected: false,
      protection: {},
      protection_url: `${self}/protection`,
    })
  })

  router.repository('GET /git/blobs/:sha', { contents: 'read' }, ({ repository, param }) => {
    const sha = param('sha')
    const content = findBlob(world, repository, sha)
    if (!content) throw notFound()
    return answer<'git/get-blob'>({
      sha,
      node_id: sha,
      size: content.length,
      encoding: 'base64',
      content: content.toString('base64').replaceAll(/.{1,60}/g, '$&\n'),
      url: `${repositoryUrl(world, repository)}/git/blobs/${sha}`,
    })
  })
}

/** A branch, `heads/branch`, a commit's name or its first seven digits or more. */
export function resolve(world: World, inside: Repository, ref: string): Commit | undefined {
  const branch = inside.branches.get(ref.replace(/^(refs\/)?heads\//, ''))
  if (branch !== undefined) return world.commits.get(branch)
  if (!/^[0-9a-f]{7,40}$/.test(ref)) return undefined
  const sha = [...inside.commits].find((one) => one.startsWith(ref))
  return sha === undefined ? undefined : world.commits.get(sha)
}

function findBlob(world: World, inside: Repository, sha: string): Buffer | undefined {
  for (const commit of inside.commits)
    for (const content of world.commits.get(commit)?.files.values() ?? [])
      if (blobSha(content) === sha) return content
  return undefined
}

function contents(world: World, call: RepositoryCall, path: string): Response {
  const { repository } = call
  const ref = call.url.searchParams.get('ref') ?? repository.defaultBranch
  const commit = resolve(world, repository, ref)
  if (!commit) throw new ApiError(404, `No commit found for the ref ${ref}`)
  const found = commit.files.get(path)
  if (!found) return listing(world, repository, commit, path, ref)
  if (/[.+]raw/.test(call.request.headers.get('accept') ?? ''))
    return new Response(Uint8Array.from(found))
  return answer<'repos/get-content'>(file(world, repository, path, found, ref))
}

/** GitHub lists no more, and does not say that there are more. */
const entriesMax = 1000

function listing(world: World, inside: Repository, commit: Commit, path: string, ref: string) {
  const prefix = path === '' ? '' : `${path}/`
  const entries = new Map<string, Schemas['content-directory'][number]>()
  for (const [name, content] of commit.files) {
    if (!name.startsWith(prefix)) continue
    const [first = '', deeper] = name.slice(prefix.length).split('/')
    const {
      content: _,
      encoding: __,
      ...shown
    } = file(world, inside, `${prefix}${first}`, content, ref)
    if (deeper === undefined) entries.set(first, { ...shown, type: 'file' })
    else
      entries.set(first, {
        ...shown,
        type: 'dir',
        size: 0,
        sha: commit.treeSha,
        download_url: null,
      })
  }
  if (entries.size === 0) throw notFound()
  return answer<'repos/get-content'>([...entries.values()].slice(0, entriesMax))
}
