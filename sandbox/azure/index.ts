import { startWire, type Wire } from '../wire.ts'
import { may, type Answer, type Question } from './authority.ts'
import { createControl, type Control } from './control.ts'
import type { RoleAssignment, Schedule } from './entities.ts'
import type { StateChange } from './history.ts'
import { Identities, type Token } from './identities.ts'
import { asAssignment } from './listed.ts'
import { keyOf } from './scopes.ts'
import { createService, operationOf } from './service.ts'
import { isActive } from './spans.ts'
import { State } from './state.ts'
import { createTrouble, type TroubleControl } from './trouble.ts'

/** Leaving out `at` asks about now. */
type Timeless<T> = T extends unknown ? Omit<T, 'at'> & { readonly at?: number } : never

/** One sign-in of a principal. What it may do is looked up at each request. */
export interface Session extends Token {
  readonly principalId: string
  readonly issuedAt: number
}

export interface Judge {
  /** Whether a principal could do this at that instant: with what it inherits, what its groups have, and decisions that lag. */
  may(question: Timeless<Question>): Answer
  openSession(principalId: string): Session
  /** The same for a session: never before it was opened nor after its token expired. */
  sessionMay(session: Session, question: SessionQuestion): Answer
  /** Role assignments at this very scope, those of active schedules included. */
  assignmentsAt(scope: string, at?: number): readonly RoleAssignment[]
  /** The same, without those that this principal made: everything that is foreign to it. */
  foreignTo(principalId: string, scope: string, at?: number): readonly RoleAssignment[]
  /** Every schedule at this very scope that was ever made, as it is recorded now. */
  schedulesAt(scope: string): readonly Schedule[]
  /** Every change of state, in order, with what was before and after. */
  readonly history: readonly StateChange[]
  /** Resolves once `predicate` holds: asked now and after each change of state. */
  waitFor(predicate: () => boolean): Promise<void>
}

type WithoutPrincipal<T> = T extends unknown ? Omit<T, 'principalId'> : never
export type SessionQuestion = WithoutPrincipal<Timeless<Question>>

export type Azure = Wire & Control & Judge & TroubleControl

/**
 * Resource Manager's authorization with PIM on one loopback address, which stands for `https://management.azure.com`.
 * `now` is its own clock, in milliseconds since 1970: the `Date` of its answers.
 */
export async function startAzure(
  options: { now?: () => number; port?: number } = {},
): Promise<Azure> {
  const now = options.now ?? Date.now
  const state = new State(now)
  const identities = new Identities(state)
  const trouble = createTrouble(state)
  const wire = await startWire(createService(state, identities, trouble), {
    service: 'azure',
    now,
    operationOf,
    ...(options.port === undefined ? {} : { port: options.port }),
  })
  return {
    ...wire,
    ...createControl(state, identities),
    ...createJudge(state, identities),
    ...trouble.control,
  }
}

function createJudge(state: State, identities: Identities): Judge {
  const ask = (question: Timeless<Question>) =>
    may(state, { ...question, at: question.at ?? state.now() })
  const holdingsAt = (scope: string, at: number, view = state.asOf(at)) =>
    state
      .keysAround(scope, false, view)
      .flatMap((key) => state.holding(key, view) ?? [])
      .filter((it) => keyOf(it.scope) === keyOf(scope))
  const assignmentsAt = (scope: string, at = state.now()) =>
    holdingsAt(scope, at).flatMap((it) =>
      it.kind === 'assignment' ? it : isActive(it, at) ? asAssignment(it) : [],
    )
  const requestorOf = (it: RoleAssignment) => {
    const schedule = state.schedules.get(state.scheduleShownAs(it.id) ?? '', state.latest)
    const request = schedule?.requestId.toLowerCase() ?? ''
    return state.requests.get(request, state.latest)?.requestorId ?? it.createdBy
  }
  return {
    may: ask,
    openSession: (principalId) => ({
      principalId,
      issuedAt: state.now(),
      ...identities.issue(principalId),
    }),
    sessionMay(session, question) {
      const at = question.at ?? state.now()
      if (at < session.issuedAt) return { allowed: false, because: 'it was not opened yet' }
      if (at >= session.expiresOnTimestamp)
        return { allowed: false, because: 'its token has expired' }
      return may(state, { ...question, principalId: session.principalId, at })
    },
    assignmentsAt,
    foreignTo: (principalId, scope, at) =>
      assignmentsAt(scope, at).filter((it) => requestorOf(it) !== principalId),
    schedulesAt: (scope) => holdingsAt(scope, state.now()).filter((it) => it.kind === 'schedule'),
    history: state.history.changes,
    waitFor: (predicate) => state.history.waitFor(predicate),
  }
}
