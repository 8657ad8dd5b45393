// SimulatePrincipalPolicy: a decision over stored policies in a context that the caller gives. As in AWS, a key that is
// not given has no value, `aws:CurrentTime` included.
import type { Action, Call } from './action.ts'
import { roleSources, userSources } from './authority.ts'
import { evaluate, type Source, type Verdict } from './evaluate.ts'
import { AwsFault, noSuchEntity } from './fault.ts'
import { page, type Params, type Xml } from './query.ts'

function sourcesOf(call: Call): Source[] {
  const arn = call.params.required('PolicySourceArn')
  const user = call.state.users.get(arn, call.view)
  if (user?.account === call.account) return userSources(call.state, user, call.view)
  const role = call.state.roles.get(arn, call.view)
  if (role?.account === call.account) return roleSources(role)
  throw noSuchEntity(`The principal ${arn}`)
}

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
  readonly verdict: Verdict
}

const toXml = ({ action, resource, verdict }: Result): Xml => ({
  EvalActionName: action,
  EvalResourceName: resource,
  EvalDecision: verdict.decision,
  MatchedStatements: {
    member: verdict.by.map((id) => ({ SourcePolicyId: id, SourcePolicyType: 'IAM Policy' })),
  },
  MissingContextValues: { member: verdict.missing },
})

export const simulatePrincipalPolicy: Action = {
  kind: 'read',
  resource: (call) => call.params.required('PolicySourceArn'),
  run(call) {
    const [sources, context] = [sourcesOf(call), contextOf(call.params)]
    const given = call.params.list('ResourceArns')
    const resources = given.length === 0 ? ['*'] : given
    const pairs = actionsOf(call.params).flatMap((action) =>
      resources.map((resource) => ({ action, resource })),
    )
    const results = pairs.map(({ action, resource }, index) => ({
      key: String(index).padStart(6, '0'),
      action,
      resource,
      verdict: evaluate(sources, { action, resource, context }),
    }))
    const { shown, xml } = page(results, (result) => result.key, call.params)
    return { EvaluationResults: { member: shown.map(toXml) }, ...xml }
  },
}
