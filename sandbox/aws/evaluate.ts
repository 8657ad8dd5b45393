// IAM's decision over stored policies, for the operators that Hallpass and its tests use. What it cannot judge it reports.
import { judge, matchesPattern, type Context } from './conditions.ts'
import type { Statement } from './policy-document.ts'

export interface Question {
  readonly action: string
  readonly resource: string
  readonly context: Context
}

export interface Source {
  /** `user_<name>_<policy>`, `group_<name>_<policy>`, `role_<name>_<policy>`, or a managed policy's name. */
  readonly id: string
  readonly statements: readonly Statement[]
}

export interface Verdict {
  readonly decision: 'allowed' | 'explicitDeny' | 'implicitDeny'
  /** Ids of the policies that decided. */
  readonly by: readonly string[]
  /** Statements about this call that could not be judged: they counted for nothing. */
  readonly unsupported: readonly string[]
  /** Condition keys that were asked for and had no value. */
  readonly missing: readonly string[]
}

function isAbout(statement: Statement, { action, resource }: Question): boolean {
  const { actions, notActions, resources, notResources } = statement
  const isAction = (p: string) => matchesPattern(p.toLowerCase(), action.toLowerCase())
  const isResource = (p: string) => matchesPattern(p, resource)
  const aboutAction = notActions.length > 0 ? !notActions.some(isAction) : actions.some(isAction)
  // A trust policy names no resources: it is about the role it stands on.
  const aboutResource =
    notResources.length > 0
      ? !notResources.some(isResource)
      : resources.length === 0 || resources.some(isResource)
  return aboutAction && aboutResource
}

/** Deny wins, an Allow is needed. A statement that cannot be judged matches nothing, whatever its effect. */
export function evaluate(sources: readonly Source[], question: Question): Verdict {
  const by = { Allow: new Set<string>(), Deny: new Set<string>() }
  const unsupported = new Set<string>()
  const missing = new Set<string>()
  for (const { id, statements } of sources)
    for (const statement of statements.filter((s) => isAbout(s, question))) {
      const outcomes = statement.conditions.map((c) => judge(c, question.context))
      const obstacles = outcomes.flatMap((o) => o.unsupported ?? []).concat(statement.unsupported)
      for (const what of obstacles) unsupported.add(`${id}: ${what}`)
      for (const key of outcomes.flatMap((o) => o.missing ?? [])) missing.add(key)
      if (obstacles.length === 0 && outcomes.every((o) => o.holds)) by[statement.effect].add(id)
    }
  const decision =
    by.Deny.size > 0 ? 'explicitDeny' : by.Allow.size > 0 ? 'allowed' : 'implicitDeny'
  return {
    decision,
    by: [...(decision === 'explicitDeny' ? by.Deny : by.Allow)],
    unsupported: [...unsupported],
    missing: [...missing],
  }
}

/** What one principal's policies come to. */
export interface Powers {
  readonly identity: readonly Source[]
  /** Each of them must allow it too: a permissions boundary, a session policy. */
  readonly limits: readonly { readonly what: string; readonly sources: readonly Source[] }[]
}

export interface Bounded extends Verdict {
  /** The limits that do not allow it. */
  readonly outside: readonly string[]
}

/** A Deny anywhere wins; otherwise everything must allow it. */
export function evaluateWithin({ identity, limits }: Powers, question: Question): Bounded {
  const own = evaluate(identity, question)
  const bounds = limits.map(({ what, sources }) => ({ what, verdict: evaluate(sources, question) }))
  const all = [own, ...bounds.map(({ verdict }) => verdict)]
  const denied = all.filter((verdict) => verdict.decision === 'explicitDeny')
  const outside = bounds.flatMap(({ what, verdict }) =>
    verdict.decision === 'allowed' ? [] : [what],
  )
  const unique = (of: (verdict: Verdict) => readonly string[]) => [...new Set(all.flatMap(of))]
  const told = {
    unsupported: unique((v) => v.unsupported),
    missing: unique((v) => v.missing),
    outside,
  }
  if (denied.length > 0)
    return { ...told, decision: 'explicitDeny', by: denied.flatMap((verdict) => verdict.by) }
  const allowed = own.decision === 'allowed' && outside.length === 0
  return allowed
    ? { ...told, decision: 'allowed', by: own.by }
    : { ...told, decision: 'implicitDeny', by: [] }
}
