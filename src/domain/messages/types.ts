import type { Debt } from '../debts/types.ts'
import type { Grant } from '../grants/types.ts'
import type { Person, Subject } from '../subjects.ts'
import type { Instant } from '../time.ts'

/**
 * What a subject's report shows besides its grants: refusals, kept per recipient and role; a policy problem, and a
 * policy that is held back, once each; the latest answers to commands.
 */
export interface Notice {
  readonly key: string
  readonly kind: 'refused' | 'policy-broken' | 'policy-held-back' | 'answer'
  /** A sentence with names in code spans. Of an answer: Markdown that is inert already. */
  readonly text: string
  /** Of an answer: who asked. */
  readonly recipient: Person | undefined
  readonly role: string | undefined
  readonly at: Instant
  /** Of an answer: the command that it answers. */
  readonly asked?: string
  /** Of an answer: it names nobody and nothing, so that everybody may read it. */
  readonly open?: true
}

/** All that a subject's comment and check are made of. */
export interface ReportView {
  readonly instance: string
  readonly subject: Subject
  /** Everybody reads a public repository: it is told states and grant ids alone. */
  readonly public: boolean
  readonly grants: readonly Grant[]
  readonly notices: readonly Notice[]
  /** Opened on this subject, acknowledged or not. */
  readonly debts: readonly Debt[]
  /** Of a pull request. */
  readonly headSha: string | undefined
  /** NB: not shown. A text that changed with the clock would be written anew each time. */
  readonly now: Instant
}

export interface RenderedCheck {
  readonly name: string
  readonly headSha: string
  readonly status: 'in_progress' | 'completed'
  readonly conclusion: 'success' | 'neutral' | 'skipped' | 'failure' | 'action_required' | undefined
  readonly title: string
  /** Markdown, at most 60,000 characters. */
  readonly summary: string
  /** Names instance, subject, state and content: finds a run whose id was not recorded. */
  readonly externalId: string
  /** Buttons, at most 3; labels and identifiers of at most 20 characters, descriptions of 40. */
  readonly actions: readonly {
    readonly identifier: string
    readonly label: string
    readonly description: string
  }[]
  /** Remarks on lines of files, at most 50. */
  readonly annotations: readonly {
    readonly path: string
    readonly startLine: number
    readonly endLine: number
    readonly level: 'notice' | 'warning' | 'failure'
    readonly message: string
  }[]
  /** SHA-256 of all that is shown, hex: the same one means nothing to update. */
  readonly fingerprint: string
}
