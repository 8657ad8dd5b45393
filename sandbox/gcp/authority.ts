// Whether somebody may do something at an instant: by every policy from the resource up, as enforcement sees them then.
import type { Binding, Resource } from './entities.ts'
import { parseExpression, type Attributes, type Expression } from './expression.ts'
import { asOf } from '../versions.ts'
import { normalMember, type Principal } from './principals.ts'
import type { State } from './state.ts'
import { CelError } from './tokens.ts'

export type Question = {
  /** `projects/<id>`, `folders/<number>`, `organizations/<number>`. */
  readonly resource: string
  /** What the request is for, where that is something below: `projects/_/buckets/orders`. */
  readonly resourceName?: string
  readonly resourceService?: string
  readonly resourceType?: string
  readonly at: number
} & ({ readonly role: string } | { readonly permission: string })

export interface Grounds {
  /** Whose policy it stands in. */
  readonly resource: string
  readonly role: string
  readonly member: string
  /** Of the condition. */
  readonly title: string | undefined
}

export interface Answer {
  readonly allowed: boolean
  readonly by: readonly Grounds[]
  /** Conditions that could not be decided, which grant nothing. */
  readonly undecided: readonly string[]
}

const parsed = new WeakMap<Binding, Expression | undefined>()

function expressionOf(binding: Binding): Expression | undefined {
  if (!parsed.has(binding)) {
    let expression: Expression | undefined
    try {
      expression = parseExpression(binding.condition?.expression ?? '')
    } catch (error) {
      if (!(error instanceof CelError)) throw error
    }
    parsed.set(binding, expression)
  }
  return parsed.get(binding)
}

/** Every member that stands for this principal, if it is still the one who held the address when the policy was in force. */
function standsFor(state: State, principal: Principal, at: number, inForce: number): Set<string> {
  const all = [principal, ...state.principals.groupsOf(principal, at)]
  const held = all.filter(({ member, uid }) => state.principals.uidOf(member, inForce) === uid)
  const domain = principal.member.split('@')[1] ?? ''
  const open = ['allUsers', 'allAuthenticatedUsers', `domain:${domain}`]
  return new Set([...held.map((it) => it.member), ...open])
}

function matches(state: State, role: string, question: Question): boolean {
  if ('role' in question) return role === question.role
  return state.roles.get(role)?.has(question.permission) ?? false
}

function judge(state: State, principal: Principal, question: Question): Answer {
  const { at } = question
  const inForce = at - state.enforcementLagMs
  const members = standsFor(state, principal, at, inForce)
  const attributes: Attributes = {
    time: at,
    name: question.resourceName,
    service: question.resourceService,
    type: question.resourceType,
  }
  const by: Grounds[] = []
  const undecided: string[] = []
  const look = (resource: Resource, binding: Binding) => {
    const member = binding.members.find((it) => members.has(it))
    if (member === undefined || !matches(state, binding.role, question)) return
    const { role, condition } = binding
    const verdict = condition ? expressionOf(binding)?.evaluate(attributes) : true
    if (verdict) by.push({ resource: resource.name, role, member, title: condition?.title })
    if (verdict === undefined) undecided.push(condition?.expression ?? '')
  }
  for (const resource of state.lineage(state.known(question.resource)))
    for (const binding of state.history.policyOf(resource.name, asOf(inForce)).bindings)
      look(resource, binding)
  return { allowed: by.length > 0, by, undecided }
}

const nobody: Answer = { allowed: false, by: [], undecided: [] }

/** For whoever holds the member's address at that instant. */
export function may(state: State, question: Question & { readonly member: string }): Answer {
  const member = normalMember(question.member)
  const uid = state.principals.uidOf(member, question.at)
  return uid === undefined ? nobody : judge(state, { member, uid }, question)
}

/** An access token says who somebody is and nothing about what they may: that is asked anew with each request. */
export interface Session extends Principal {
  readonly openedAt: number
  readonly expiresAt: number
}

export function sessionMay(state: State, session: Session, question: Question): Answer {
  const { member, uid, openedAt, expiresAt } = session
  const valid = question.at >= openedAt && question.at < expiresAt
  const same = state.principals.uidOf(member, question.at) === uid
  return valid && same ? judge(state, { member, uid }, question) : nobody
}
