import { describe, expect, it } from 'vitest'
import { createPolicyReader } from '../../src/workflows/read-policy.ts'
import { GitHubError } from '../../src/domain/errors.ts'
import type { DocumentReading } from '../../src/workflows/ports.ts'
import type { RepositoryFacts } from '../../src/domain/policy/types.ts'
import type { Subject } from '../../src/domain/subjects.ts'

const subject: Subject = {
  installationId: 9,
  accountId: 50,
  repositoryId: 400,
  number: 3,
  kind: 'pull_request',
  owner: 'acme',
  repository: 'shop',
}
const repository: RepositoryFacts = {
  id: 400,
  owner: 'acme',
  name: 'shop',
  accountId: 50,
  visibility: 'private',
  archived: false,
  defaultBranch: 'main',
}

const catalog = `
version: 1
roles:
  orders-read:
    description: Read the orders
    bindings:
      - aws: { account: "111122223333", assume: "arn:aws:iam::111122223333:role/orders-read" }
    repositories: [shop]
    eligible: ["team:backend"]
    lease: { default: 1h, max: 4h }
    residual: 1h
    approval: none
`
const rules = (role: string) => `
version: 1
rules:
  - name: reviewers see what they review
    when: { review_requested: {} }
    give: ${role}
`
const sourceOf = (where: string) => ({ where, commit: 'c'.repeat(40), blob: where })
const document = (where: string, text: string): DocumentReading => ({
  kind: 'document',
  source: sourceOf(where),
  text,
})
const missing = (where: string): DocumentReading => ({ kind: 'missing', where, why: 'gone' })
const unreadable = (where: string): DocumentReading => ({
  kind: 'unreadable',
  source: sourceOf(where),
  why: 'This is a directory.',
})

function readerOf(organization: DocumentReading | Error, own: DocumentReading | Error) {
  const reader = (result: DocumentReading | Error) => ({
    read: async () => {
      if (result instanceof Error) throw result
      return result
    },
  })
  const accepted = async () => ({ kind: 'accepted' }) as const
  return createPolicyReader(
    { organization: reader(organization), repository: reader(own) },
    accepted,
  )
}
const reading = (...documents: Parameters<typeof readerOf>) =>
  readerOf(...documents).read(subject, repository)

describe('reading the policy', () => {
  it('merges both documents and says where each came from', async () => {
    const read = await reading(document('org', catalog), document('own', rules('orders-read')))
    expect(read).toMatchObject({
      kind: 'policy',
      policy: {
        rules: [{ from: 'repository', give: 'orders-read' }],
        source: { organization: sourceOf('org'), repository: sourceOf('own') },
      },
    })
  })

  it('needs no document of the repository', async () => {
    const read = await reading(document('org', catalog), missing('own'))
    expect(read).toMatchObject({
      kind: 'policy',
      policy: { rules: [], source: { repository: undefined } },
    })
  })

  it('is nothing without the organization`s', async () => {
    const read = await reading(missing('org'), document('own', rules('orders-read')))
    expect(read).toEqual(missing('org'))
  })

  it.each<[string, DocumentReading, DocumentReading, string]>([
    ['the organization`s', document('org', 'version: 7'), missing('own'), 'org'],
    ['the repository`s', document('org', catalog), document('own', 'rules: ['), 'own'],
    ['an unreadable one', unreadable('org'), missing('own'), 'org'],
    ['the repository`s unreadable one', document('org', catalog), unreadable('own'), 'own'],
    [
      'one that uses what is not offered',
      document('org', catalog),
      document('own', rules('everything')),
      'own',
    ],
  ])('is broken when %s is', async (_, organization, own, where) => {
    const read = await reading(organization, own)
    expect(read).toMatchObject({ kind: 'broken', document: sourceOf(where) })
    expect(read).toHaveProperty('problems.0.file', where)
    expect(read).toHaveProperty('problems.0.line', expect.any(Number))
  })

  it.each([
    ['organization', new GitHubError('transient', 'later'), missing('own')],
    ['repository', document('org', catalog), new GitHubError('transient', 'later')],
  ] as const)('fails when the %s document cannot be had', async (_, organization, own) => {
    await expect(reading(organization, own)).rejects.toThrow(GitHubError)
  })
})

describe("the organization's part alone", () => {
  const catalogOf = (...documents: Parameters<typeof readerOf>) =>
    readerOf(...documents).readCatalog(subject, repository)

  it.each<[string, DocumentReading | Error]>([
    ['good', document('own', rules('orders-read'))],
    ['broken', document('own', 'rules: [')],
    ['not to be had', new GitHubError('transient', 'later')],
  ])("is read whatever the repository's is: %s", async (_, own) => {
    const read = await catalogOf(document('org', catalog), own)
    expect(read).toMatchObject({
      kind: 'policy',
      policy: { rules: [], source: { organization: sourceOf('org'), repository: undefined } },
    })
    expect(read).toHaveProperty('policy.roles.size', 1)
  })

  it('is missing, broken or not to be had when that document is', async () => {
    const own = missing('own')
    expect(await catalogOf(missing('org'), own)).toEqual(missing('org'))
    expect(await catalogOf(unreadable('org'), own)).toMatchObject({ kind: 'broken' })
    const away = new GitHubError('transient', 'later')
    await expect(catalogOf(away, own)).rejects.toThrow(away)
  })
})
