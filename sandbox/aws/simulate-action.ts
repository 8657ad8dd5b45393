// SimulatePrincipalPolicy: a decision over stored policies in a context that the caller gives. As in AWS, a key that is
// not given has no value, `aws:CurrentTime` included.
import type { Action, Call } from './action.ts'
import { evaluateWithin, type Bounded, type Powers, type Source } from './evaluate.ts'
import { AwsFault, noSuchEntity } from './fault.ts'
import { parsePolicy } from './policy-document.ts'
import { ownSources, rolePowers, userPowers } from './powers.ts'
import { page, type Params, type Xml } from './query.ts'

function powersOf(call: Call): Powers {
  const { account, state, view } = call
  const arn = call.params.required('PolicySourceArn')
  const owner = state.owner(arn, view)
  if (owner?.account !== account) throw noSuchEntity(`The principal ${arn}`)
  if (owner.kind === 'user') return userPowers(state, owner, view)
  if (owner.kind === 'role') return rolePowers(state, owner, view)
  return { identity: ownSources(state, owner, view), limits: [] }
}

/** Policies that are only thought of, beside those that are stored. */
const moreOf = (params: Params): Source[] =>
  params.list('PolicyInputList').map((document, n) => ({
    id: `PolicyInputList.${n + 1}`,
    statements: parsePolicy(document, 'identity'),
  }))

function contextOf(params: Params): Map<string, string> {
  const context = new Map<string, string>()
  for (let n = 1; params.optional(`ContextEntries.member.${n}.ContextKeyName`); n += 1) {
    const entry = `ContextEntries.member.${n}`
    const [value, ...more] = params.list(`${entry}.ContextKeyValues`)
    if (value === undefined || more.length > 0)
      throw new AwsFault('InvalidInput', 'The simulation takes one value per context key here.')
    context.set(params.required(`${entry}.ContextKeyName`).toLowerCase(), value)
  }
  return context
}

function actionsOf(params: Params): string[] {
  const actions = params.list('ActionNames')
  const wrong = actions.find((name) => !/^[a-z0-9-]+:[A-Za-z0-9]+$/i.test(name))
  if (actions.length === 0 || wrong !== undefined)
    throw new AwsFault('InvalidInput', `Invalid Action Name: ${wrong ?? 'none given'}`)
  return actions
}

interface Result {
  readonly key: string
  readonly action: string
  readonly resource: string
  readonly verdict: Bounded
  readonly bounded: boolean
}

const toXml = ({ action, resource, verdict, bounded }: Result): Xml => ({
  EvalActionName: action,
  EvalResourceName: resource,
  EvalDecision: verdict.decision,
  MatchedStatements: {
    member: verdict.by.map((id) => ({ SourcePolicyId: id, SourcePolicyType: 'IAM Policy' })),
  },
  MissingContextValues: { member: verdict.missing },
  PermissionsBoundaryDecisionDetail: bounded
    ? { AllowedByPermissionsBoundary: verdict.outside.length === 0 }
    : undefined,
})

export const simulatePrincipalPolicy: Action = {
  kind: 'read',
  resource: (call) => call.params.required('PolicySourceArn'),
  run(call) {
    const [stored, context] = [powersOf(call), contextOf(call.params)]
    const powers = { ...stored, identity: [...stored.identity, ...moreOf(call.params)] }
    const given = call.params.list('ResourceArns')
    const resources = given.length === 0 ? ['*'] : given
    const pairs = actionsOf(call.params).flatMap((action) =>
      resources.map((resource) => ({ action, resource })),
    )
    const results = pairs.map(({ action, resource }, index) => ({
      key: String(index).padStart(6, '0'),
      action,
      resource,
      verdict: evaluateWithin(powers, { action, resource, context }),
      bounded: powers.limits.length > 0,
    }))
    const { shown, xml } = page(results, (result) => result.key, call.params)
    return { EvaluationResults: { member: shown.map(toXml) }, ...xml }
  },
}
