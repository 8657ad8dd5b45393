// What each token of ours may do: one repository or none, and the permissions of one purpose. Whoever gets hold of one
// gets no more than that, for the hour that it lives.
import type { Subject } from '../../domain/subjects.ts'

type Level = 'read' | 'write'

/** What a call is made for, and all that its token may do. Few, so that tokens are made seldom: one an hour for each used. */
export const purposes = {
  /** The repository, its people and its issues and pull requests: everything that a decision is made on, but no contents. */
  facts: { metadata: 'read', issues: 'read', pull_requests: 'read' },
  /** Policy documents, paths, who pushed, and what brought a commit. */
  contents: { contents: 'read', pull_requests: 'read' },
  /** Comments and reactions on a pull request: GitHub has refused a reaction to tokens with `issues` alone. */
  pullComments: { issues: 'write', pull_requests: 'write' },
  /** Comments and reactions on an issue, and issues of our own. */
  issues: { issues: 'write' },
  checks: { checks: 'write' },
  /** Teams, and identities of the organization's SAML provider. Of no repository. */
  members: { members: 'read' },
} as const satisfies Readonly<Record<string, Readonly<Partial<Record<Permission, Level>>>>>

type Permission = 'metadata' | 'contents' | 'issues' | 'pull_requests' | 'checks' | 'members'
export type Purpose = keyof typeof purposes

export interface Scope {
  readonly installationId: number
  readonly purpose: Purpose
  /** Absent only for what belongs to the organization. */
  readonly repositoryId?: number
}

interface Located {
  readonly installationId: number
  readonly repositoryId: number
}

export const scopeOf = (
  { installationId, repositoryId }: Located,
  purpose: Exclude<Purpose, 'members'>,
): Scope => ({ installationId, repositoryId, purpose })

/** Of the kind that the subject is to GitHub. */
export const commentsScope = (subject: Subject): Scope =>
  scopeOf(subject, subject.kind === 'pull_request' ? 'pullComments' : 'issues')

export const organizationScope = ({ installationId }: { installationId: number }): Scope => ({
  installationId,
  purpose: 'members',
})

/** As GitHub takes it: `POST /app/installations/{installation_id}/access_tokens`. */
export const tokenRequestOf = ({ installationId, repositoryId, purpose }: Scope) => ({
  installation_id: installationId,
  ...(repositoryId === undefined ? {} : { repository_ids: [repositoryId] }),
  permissions: { ...purposes[purpose] },
})

export const keyOf = ({ installationId, repositoryId, purpose }: Scope): string =>
  `${installationId}|${repositoryId ?? ''}|${purpose}`
