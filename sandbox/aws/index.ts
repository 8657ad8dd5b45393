import { startWire, type Wire } from '../wire.ts'
import {
  mayAssume,
  mayCall,
  type Answer,
  type AssumeQuestion,
  type CallQuestion,
} from './authority.ts'
import { createControl, type Control } from './control.ts'
import type { Session, UserRef } from './entities.ts'
import type { StateChange } from './history.ts'
import { createIdentityCenter, type IdentityCenterTwin } from './identity-center/index.ts'
import { createService, operationOf } from './service.ts'
import { State } from './state.ts'
import { createTrouble, type TroubleControl } from './trouble.ts'

/** Leaving out `at` asks about now. */
type Timeless<T> = T extends unknown ? Omit<T, 'at'> & { readonly at?: number } : never

export interface Judge {
  /** Whether AssumeRole would succeed: by the user's policies and the role's trust, as they stood at that instant. */
  mayAssume(question: Timeless<AssumeQuestion>): Answer
  /** Whether a user, or a session that AssumeRole issued, could do this at that instant. */
  mayCall(question: Timeless<CallQuestion>): Answer
  /** Inline policies, by name. */
  policiesOf(user: UserRef, at?: number): readonly { name: string; document: string }[]
  /** Every session ever issued, in order. */
  sessions(): readonly Session[]
  /** Every change of state, in order. */
  readonly history: readonly StateChange[]
  /** Resolves once `predicate` holds: asked now and after each change of state. */
  waitFor(predicate: () => boolean): Promise<void>
}

export type Aws = Wire & Control & Judge & TroubleControl & IdentityCenterTwin

/** IAM, STS, Identity Center and Identity Store on one loopback address. `now` is its own clock, in milliseconds since 1970: the `Date` of its answers. */
export async function startAws(options: { now?: () => number; port?: number } = {}): Promise<Aws> {
  const now = options.now ?? Date.now
  const state = new State(now)
  const trouble = createTrouble(state)
  const identityCenter = createIdentityCenter(state, trouble)
  const wire = await startWire(createService(state, trouble, identityCenter.serve), {
    service: 'aws',
    now,
    operationOf,
    ...(options.port === undefined ? {} : { port: options.port }),
  })
  const judge: Judge = {
    mayAssume: (question) => mayAssume(state, { ...question, at: question.at ?? now() }),
    mayCall: (question) => mayCall(state, { ...question, at: question.at ?? now() }),
    policiesOf(user, at) {
      const view = at === undefined ? state.latest : state.asOf(at)
      const found = state.users.get(user.arn, view)
      if (!found || (user.userId !== undefined && user.userId !== found.userId)) return []
      return [...found.inline].map(([name, document]) => ({ name, document }))
    },
    sessions: () => state.sessions(),
    history: state.history.changes,
    waitFor: (predicate) => state.history.waitFor(predicate),
  }
  return {
    ...wire,
    ...createControl(state),
    ...judge,
    ...trouble.control,
    ...identityCenter.twin,
  }
}
