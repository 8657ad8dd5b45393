/** The pull request or issue that something happened on, by numeric ids; names are for reading and for building URLs. */
export interface Subject {
  readonly installationId: number
  /** The account (organization or user) that owns the repository. */
  readonly accountId: number
  readonly repositoryId: number
  readonly number: number
  readonly kind: 'pull_request' | 'issue'
  readonly owner: string
  readonly repository: string
}

/** `<repositoryId>#<number>`: the key of the subject in the ledger and of its claims. */
export type SubjectKey = string

export const subjectKey = (s: Pick<Subject, 'repositoryId' | 'number'>): SubjectKey =>
  `${s.repositoryId}#${s.number}`

/** A GitHub account by its immutable id. The login is for reading only and may change hands. */
export interface Person {
  readonly id: number
  readonly login: string
}

/** A team of the organization that owns the subject's repository. The slug is for reading and for building URLs. */
export interface Team {
  readonly id: number
  readonly slug: string
}

/** Who did it, as GitHub said in the delivery. */
export interface Actor extends Person {
  readonly type: 'User' | 'Bot' | 'Organization' | 'Mannequin'
}

export type RoleName = 'none' | 'read' | 'triage' | 'write' | 'maintain' | 'admin'
