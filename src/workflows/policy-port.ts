// Policy documents and what is understood of them, as workflows ask for them.
import type { HeldBack } from '../domain/access-diff/held-back.ts'
import type {
  DocumentSource,
  Policy,
  PolicyProblem,
  RepositoryFacts,
} from '../domain/policy/types.ts'
import type { Subject } from '../domain/subjects.ts'
import type { PolicyText } from './commit-port.ts'

/** Where a document is kept: by numeric id, for the repository may be renamed, and its name be given to another. */
export interface DocumentPlace {
  readonly repositoryId: number
  readonly branch: string
}

/** A document in a repository. */
export interface PinnedPlace extends DocumentPlace {
  readonly path: string
}

export type PolicyReading =
  | {
      readonly kind: 'policy'
      readonly policy: Policy
      /** What the documents said, to be kept with what is decided on them. */
      readonly documents?: readonly PolicyText[]
      /** The organization's document gives more than was accepted: until that is approved, only what both give applies. */
      readonly heldBack?: HeldBack
    }
  | {
      readonly kind: 'broken'
      readonly document: DocumentSource
      readonly problems: readonly PolicyProblem[]
    }
  | { readonly kind: 'missing'; readonly where: string; readonly why: string }

/** One document as it stands in its place, before anything in it is understood. */
export type DocumentReading =
  | { readonly kind: 'document'; readonly source: DocumentSource; readonly text: string }
  /** Something is there that is no readable document: a directory, a link, too large, not UTF-8. */
  | { readonly kind: 'unreadable'; readonly source: DocumentSource; readonly why: string }
  | { readonly kind: 'missing'; readonly where: string; readonly why: string }

/** Reads one document for a subject, contents and commit of one moment. Throws GitHubError when it cannot know. */
export interface DocumentReader {
  read(subject: Subject, repository: RepositoryFacts): Promise<DocumentReading>
}

/** Reads a document whose place does not depend on the subject: its installation only helps to find the way. */
export interface PlacedReader {
  read(subject: { readonly installationId?: number }): Promise<DocumentReading>
}

/** Where the documents are, as they stand there, and at any commit. */
export interface PolicyDocuments {
  /** Undefined when the organization's is a local file. */
  readonly pinned: PinnedPlace | undefined
  readonly organization: PlacedReader
  /** Of the subject's repository. */
  readonly repository: DocumentReader
  /** A file of the subject's repository at one commit, such as a pull request's head. NB: anybody may have written it. */
  at(subject: Subject, commit: string, path: string): Promise<DocumentReading>
}

/** Reads both documents from their pinned places: never from a pull request's head. */
export interface PolicyReader {
  read(subject: Subject, repository: RepositoryFacts): Promise<PolicyReading>
  /**
   * The organization's document alone, as a policy. NB: what may end access must not hang on a document that a
   * repository's writers can break.
   */
  readCatalog(subject: Subject, repository: RepositoryFacts): Promise<PolicyReading>
}
