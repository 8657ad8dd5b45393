// Policy documents in repositories: one file, at the head of one branch, at a recorded commit.
import { createHash } from 'node:crypto'
import { GitHubError } from '../../domain/errors.ts'
import type { DocumentSource } from '../../domain/policy/types.ts'
import type { DocumentReading } from '../../workflows/ports.ts'
import type { Client } from './client.ts'
import { orUndefined } from './or-undefined.ts'
import { scopeOf } from './scopes.ts'

export interface Place {
  readonly installationId: number
  readonly repositoryId: number
  readonly owner: string
  readonly repo: string
  readonly branch: string
  readonly path: string
}

const documentBytesMax = 512 * 1024

/** The branch is resolved once and the file read at that commit, so that contents and commit belong together. */
export async function readDocument(client: Client, place: Place): Promise<DocumentReading> {
  const commit = await headOf(client, place)
  if (commit === undefined)
    return { kind: 'missing', where: whereOf(place), why: `There is no branch ${place.branch}.` }
  return readDocumentAt(client, place, commit, place.branch)
}

const whereOf = ({ owner, repo, path }: Omit<Place, 'branch'>): string => `${owner}/${repo}:${path}`

export async function readDocumentAt(
  client: Client,
  place: Omit<Place, 'branch'>,
  commit: string,
  on = commit,
): Promise<DocumentReading> {
  const where = whereOf(place)
  const content = await contentAt(client, place, commit)
  if (content === undefined)
    return { kind: 'missing', where, why: `There is no such file on ${on}.` }
  return toReading(content, { where, commit }, place.path)
}

/** Undefined when there is no such branch: GitHub leads from the former name of a renamed one to another, which is not pinned. */
async function headOf(client: Client, place: Place): Promise<string | undefined> {
  const { owner, repo, branch } = place
  const what = `read the branch ${branch} of ${owner}/${repo}`
  const found = await orUndefined(
    client.asInstallation(scopeOf(place, 'contents'), what, (octokit) =>
      octokit.rest.repos.getBranch({ owner, repo, branch }),
    ),
  )
  return found?.data.name === branch ? found.data.commit.sha : undefined
}

async function contentAt(client: Client, place: Omit<Place, 'branch'>, commit: string) {
  const { owner, repo, path } = place
  const what = `read ${path} of ${owner}/${repo} at ${commit}`
  const found = await orUndefined(
    client.asInstallation(scopeOf(place, 'contents'), what, (octokit) =>
      octokit.rest.repos.getContent({ owner, repo, path, ref: commit }),
    ),
  )
  return found?.data
}

/** Git's hash of its contents. Undefined when it is not there, or is no file. */
export async function blobAt(
  client: Client,
  place: Omit<Place, 'branch'>,
  commit: string,
): Promise<string | undefined> {
  const content = await contentAt(client, place, commit)
  if (content === undefined || Array.isArray(content)) return undefined
  return content.type === 'file' && content.path === place.path ? content.sha : undefined
}

type Content = NonNullable<Awaited<ReturnType<typeof contentAt>>>

function toReading(
  content: Content,
  at: { readonly where: string; readonly commit: string },
  path: string,
): DocumentReading {
  if (Array.isArray(content))
    return unreadable({ ...at, blob: blobHash(Buffer.of()) }, 'This is a directory, not a file.')
  const source: DocumentSource = { ...at, blob: content.sha }
  // GitHub follows a link to a file of the same repository and may answer with that file.
  if (content.type !== 'file' || content.path !== path)
    return unreadable(source, `This is a ${content.type}, not a file of its own.`)
  if (content.size > documentBytesMax || content.encoding !== 'base64')
    return unreadable(source, `This is larger than ${documentBytesMax} bytes.`)
  const bytes = Buffer.from(content.content, 'base64')
  if (blobHash(bytes) !== content.sha)
    throw new GitHubError('transient', `GitHub: ${at.where} does not have the hash it came with`)
  return decoded(source, bytes)
}

function decoded(source: DocumentSource, bytes: Uint8Array): DocumentReading {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return { kind: 'document', source, text }
  } catch {
    return unreadable(source, 'This is not UTF-8 text.')
  }
}

const unreadable = (source: DocumentSource, why: string): DocumentReading => ({
  kind: 'unreadable',
  source,
  why,
})

/** As `git hash-object` computes it: SHA-1 over `blob <length>\0` and the bytes. */
const blobHash = (bytes: Uint8Array): string =>
  createHash('sha1').update(`blob ${bytes.byteLength}\0`).update(bytes).digest('hex')
