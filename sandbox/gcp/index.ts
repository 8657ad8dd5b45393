import { may, sessionMay, type Answer, type Question, type Session } from './authority.ts'
import { CallLog, type GcpCall, type Interceptor } from './call-log.ts'
import { createControl, type Control } from './control.ts'
import type { Policy, PolicyDraft } from './entities.ts'
import type { PolicyChange } from './history.ts'
import { asOf, latest } from '../versions.ts'
import { createService } from './service.ts'
import { documentedLimits, State, type Limits } from './state.ts'
import { createTrouble, type TroubleControl } from './trouble.ts'
import { startWire, type Wire } from './wire.ts'

/** Leaving out `at` asks about now. */
type Timeless<T> = T extends unknown ? Omit<T, 'at'> & { readonly at?: number } : never

export interface Judge {
  /** Whether whoever holds the member's address has a role or a permission at that instant. */
  may(question: Timeless<Question & { readonly member: string }>): Answer
  /** An access token of an hour. It carries no rights of its own. */
  openSession(member: string): Session
  /** Whether a request with this token is let through at that instant. */
  sessionMay(session: Session, question: Timeless<Question>): Answer
  policyOf(resource: string, at?: number): Policy
  /** The policy without bindings whose condition's title starts so: what the app must not touch. */
  foreignView(resource: string, titlePrefix: string, at?: number): PolicyDraft
  /** Writes that gave no etag, and so would have overwritten anything. */
  blindWrites(): readonly GcpCall[]
  /** Every change of a policy, in order. */
  readonly history: readonly PolicyChange[]
  /** Resolves once `predicate` holds: asked now, after each change of a policy and after each answer. */
  waitFor(predicate: () => boolean): Promise<void>
}

export interface Traffic {
  readonly calls: readonly GcpCall[]
  /** Returns how to take it off again. */
  intercept(interceptor: Interceptor): () => void
}

export type Gcp = Wire & Traffic & Control & Judge & TroubleControl

export interface GcpOptions {
  /** Its own clock, in milliseconds since 1970: the `date` of its answers. */
  readonly now?: () => number
  readonly port?: number
  /** How many calls, changes and versions of each policy are remembered. All, when left out. */
  readonly kept?: number
  readonly limits?: Partial<Limits>
}

const hour = 3_600_000

function createJudge(state: State, log: CallLog): Judge {
  const { now } = state
  const policyOf = (resource: string, at?: number) =>
    state.history.policyOf(state.known(resource).name, at === undefined ? latest : asOf(at))
  return {
    may: (question) => may(state, { ...question, at: question.at ?? now() }),
    openSession: (member) => ({
      ...state.principals.known(member),
      openedAt: now(),
      expiresAt: now() + hour,
    }),
    sessionMay: (session, question) =>
      sessionMay(state, session, { ...question, at: question.at ?? now() }),
    policyOf,
    foreignView(resource, titlePrefix, at) {
      const { bindings, auditConfigs } = policyOf(resource, at)
      const foreign = bindings.filter((it) => !it.condition?.title.startsWith(titlePrefix))
      return { bindings: foreign, auditConfigs }
    },
    blindWrites: () =>
      log.calls.filter((it) => it.operation.endsWith('.SetIamPolicy') && it.etag === undefined),
    history: state.history.changes,
    waitFor: (predicate) => state.waiting.waitFor(predicate),
  }
}

/** Resource Manager v3 over gRPC on a loopback port. */
export async function startGcp(options: GcpOptions = {}): Promise<Gcp> {
  const { now = Date.now, port, kept = Number.POSITIVE_INFINITY, limits } = options
  const state = new State({ now, kept, limits: { ...documentedLimits, ...limits } })
  const trouble = createTrouble(state)
  const log = new CallLog(kept)
  const interceptors = new Set<Interceptor>()
  const wire = await startWire(createService({ state, trouble, log, interceptors }), { now, port })
  return {
    ...wire,
    ...createControl(state),
    ...createJudge(state, log),
    ...trouble.control,
    calls: log.calls,
    intercept(interceptor) {
      interceptors.add(interceptor)
      return () => interceptors.delete(interceptor)
    },
  }
}
