// Trust policies: whom they name, by unique id, and whom they let in.
import type { Role } from './entities.ts'
import { evaluate, type Question, type Verdict } from './evaluate.ts'
import { AwsFault } from './fault.ts'
import { parsePolicy } from './policy-document.ts'
import type { Principal } from './powers.ts'
import type { State } from './state.ts'

const accountRoot = /^(?:arn:aws:iam::(\d{12}):root|(\d{12}))$/
const sessionArn = /^arn:aws:sts::\d{12}:assumed-role\/[\w+=,.@-]+\/[\w+=,.@-]+$/

/**
 * Users and roles that a trust policy names, with their unique ids: a successor of the same name is not meant.
 * `unknown`: principals that do not exist.
 */
export function resolveTrust(state: State, document: string) {
  const trusted = new Map<string, string>()
  const unknown: string[] = []
  for (const named of parsePolicy(document, 'trust').flatMap((s) => s.principals)) {
    const [, inArn, alone] = accountRoot.exec(named) ?? []
    const account = inArn ?? alone
    const id = state.idOf(named) ?? (state.arnWithId(named) === undefined ? undefined : named)
    if (id !== undefined) trusted.set(named, id)
    else if (account !== undefined && state.accounts.has(account)) continue
    else if (named !== '*' && !sessionArn.test(named)) unknown.push(named)
  }
  return { trusted, unknown }
}

/** As CreateRole and UpdateAssumeRolePolicy take it. */
export function checkedTrust(state: State, account: string, document: string) {
  const { trusted, unknown } = resolveTrust(state, document)
  const [first] = unknown
  if (first !== undefined)
    throw new AwsFault('MalformedPolicyDocument', `Invalid principal in policy: "AWS":"${first}"`)
  const { trustSize } = state.quotasOf(account)
  if (document.replace(/\s/g, '').length > trustSize)
    throw new AwsFault('LimitExceeded', `Cannot exceed quota for ACLSizePerRole: ${trustSize}`)
  return { trust: document, trusted }
}

type Json = Record<string, unknown>

/** As IAM shows it: by the ARNs that the principals have now, or by the id of one who is gone. */
export function shownTrust(state: State, { trust, trusted }: Role): string {
  const shown = new Map([...trusted].map(([named, id]) => [named, state.arnWithId(id) ?? id]))
  if ([...shown].every(([named, now]) => named === now)) return trust
  const rename = (one: string) => shown.get(one) ?? one
  const renamed = (principal: unknown): unknown => {
    if (typeof principal !== 'object' || principal === null) return principal
    const aws = (principal as Json)['AWS'] as string | string[] | undefined
    if (aws === undefined) return principal
    return { ...principal, AWS: Array.isArray(aws) ? aws.map(rename) : rename(aws) }
  }
  const document = JSON.parse(trust) as Json
  const body = document['Statement'] as Json | Json[]
  const statements = (Array.isArray(body) ? body : [body]).map((statement) => ({
    ...statement,
    Principal: renamed(statement['Principal']),
  }))
  return JSON.stringify({ ...document, Statement: statements })
}

interface Names {
  readonly account: string
  /** The unique id of the user or role. */
  readonly id: string
  readonly session: string | undefined
}

const namesOf = (principal: Principal): Names =>
  principal.kind === 'user'
    ? { account: principal.user.account, id: principal.user.userId, session: undefined }
    : {
        account: principal.role.account,
        id: principal.role.roleId,
        session: principal.session.arn,
      }

/** How a trust policy lets somebody in: `direct` names them, `delegated` names the account. */
export type Trust = { readonly kind: 'none' | 'direct' | 'delegated'; readonly verdict: Verdict }

export function trustOf(role: Role, principal: Principal, question: Question): Trust {
  const names = namesOf(principal)
  const isDirect = (p: string) =>
    p === '*' || role.trusted.get(p) === names.id || p === names.session
  const isAccount = (p: string) => {
    const [, inArn, alone] = accountRoot.exec(p) ?? []
    return (inArn ?? alone) === names.account
  }
  const judge = (matches: (p: string) => boolean) => {
    const statements = parsePolicy(role.trust, 'trust').filter((s) => s.principals.some(matches))
    return evaluate([{ id: `trust of ${role.name}`, statements }], question)
  }
  const verdict = judge((p) => isDirect(p) || isAccount(p))
  if (verdict.decision !== 'allowed') return { kind: 'none', verdict }
  const direct = judge(isDirect).decision === 'allowed' && names.account === role.account
  return { kind: direct ? 'direct' : 'delegated', verdict }
}
