import type { Wanted } from '../policy/types.ts'
import type { LeastStanding } from './least-standing.ts'

/** What a line of a comment, or a button, asks for. Whether it may is decided later, on live facts. */
export type Command =
  | { readonly verb: 'request'; readonly wanted: Wanted }
  | { readonly verb: 'approve'; readonly code: string }
  | { readonly verb: 'deny'; readonly code: string; readonly because: string | undefined }
  /** Undefined, by button: for as long as the first lease. */
  | { readonly verb: 'extend'; readonly leaseSeconds: number | undefined }
  | { readonly verb: 'done' }
  /** Undefined: whatever of theirs is waiting here. */
  | { readonly verb: 'withdraw'; readonly code: string | undefined }
  | { readonly verb: 'revoke'; readonly target: RevokeTarget }
  | { readonly verb: 'acknowledge'; readonly code: string }
  | { readonly verb: 'status' }
  | { readonly verb: 'roles' }
  /** Undefined: about the one who asks. */
  | { readonly verb: 'why'; readonly login: string | undefined; readonly role: string }
  | { readonly verb: 'help' }

export type Verb = Command['verb']
export type CommandOf<V extends Verb> = Extract<Command, { verb: V }>

/** NB: a login may change hands: find the grant whose recipient bears it here, and act on that one's numeric id. */
export type RevokeTarget =
  | { readonly kind: 'everything' }
  | { readonly kind: 'person'; readonly login: string }
  | { readonly kind: 'grant'; readonly id: string }
  /** Of the revision that was given, or of a longer lease that waits. */
  | { readonly kind: 'code'; readonly code: string }

/** A line that is no command. `text` is Markdown, safe to show whatever was written. */
export interface Mistake {
  readonly kind: 'mistake'
  readonly text: string
  /** The verb that was meant, most likely. */
  readonly nearest: Verb | undefined
}

/** What is wrong with what follows a verb: a sentence in Markdown, ended by a full stop. */
export interface Wrong {
  readonly wrong: string
}

/** Everything there is to a verb: parsing, help, README's table and tests come from it. */
export interface VerbDefinition<V extends Verb> {
  readonly verb: V
  /** As one writes it, `<what must be filled in>` and `[what may be left out]`. */
  readonly usage: string
  readonly summary: string
  readonly atLeast: LeastStanding
  /** Who may, in words, beyond `atLeast`. */
  readonly who: string
  /** What follows the verb, split at blanks. */
  readonly parse: (words: readonly string[]) => CommandOf<V> | Wrong
  readonly example: string
}
