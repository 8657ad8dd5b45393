// Changes behind everybody's back that are alike for users, groups and roles. None of it is checked against limits.
import { withPolicy } from './action.ts'
import type { Group, Role, User } from './entities.ts'
import type { Reason } from './history.ts'
import { parsePolicy } from './policy-document.ts'
import { filedBy, usualQuotas, type Quotas, type State } from './state.ts'
import { resolveTrust } from './trust.ts'

/** A user, group or role. */
export interface On {
  readonly arn: string
}

export interface Outside {
  /** An inline policy, as text or as the object to write as JSON. */
  putPolicy(policy: { on: On; name: string; document: string | object }): void
  removePolicy(policy: { on: On; name: string }): void
  attachPolicy(on: On, policyArn: string): void
  detachPolicy(on: On, policyArn: string): void
  removeFromGroup(user: On, group: string): void
  removeGroup(group: On): void
  /** Deletes it with everything it has. Its sessions end. */
  removeRole(role: On): void
  setTrust(role: On, trust: object): void
  /** Undefined takes it off. */
  setBoundary(on: On, policyArn: string | undefined): void
  setTags(role: On, tags: Readonly<Record<string, string>>): void
  /** What an account may have: AWS's usual quotas where nothing is said. */
  setQuotas(account: string, quotas: Partial<Quotas>): void
}

export const outside = (operation: string, policy?: string): Reason => ({
  operation,
  by: 'outside',
  ...(policy === undefined ? {} : { policy }),
})

export const textOf = (document: string | object) =>
  typeof document === 'string' ? document : JSON.stringify(document)

export function createOutside(state: State): Outside {
  function find<K extends (User | Group | Role)['kind']>(
    { arn }: On,
    ...kinds: K[]
  ): Extract<User | Group | Role, { kind: K }> {
    const found = state.owner(arn, state.latest)
    if (!found || !kinds.some((kind) => kind === found.kind))
      throw new Error(`The sandbox has no ${kinds.join(' or ')} ${arn}`)
    return found as Extract<User | Group | Role, { kind: K }>
  }
  const any = (on: On) => find(on, 'user', 'group', 'role')
  const setInline = (on: On, name: string, document: string | undefined, reason: Reason) => {
    const owner = any(on)
    state.save({ ...owner, inline: withPolicy(owner.inline, name, document) }, reason)
  }

  return {
    putPolicy({ on, name, document }) {
      parsePolicy(textOf(document), 'identity')
      setInline(on, name, textOf(document), outside('putPolicy', name))
    },
    removePolicy: ({ on, name }) => setInline(on, name, undefined, outside('removePolicy', name)),
    attachPolicy(on, policyArn) {
      const owner = any(on)
      const attached = [...new Set([...owner.attached, policyArn])]
      state.save({ ...owner, attached }, outside('attachPolicy', policyArn))
    },
    detachPolicy(on, policyArn) {
      const owner = any(on)
      const attached = owner.attached.filter((arn) => arn !== policyArn)
      state.save({ ...owner, attached }, outside('detachPolicy', policyArn))
    },
    removeFromGroup(on, group) {
      const user = find(on, 'user')
      const groups = user.groups.filter((name) => name !== group)
      state.save({ ...user, groups }, outside('removeFromGroup'))
    },
    removeGroup(on) {
      const { account, arn, name } = find(on, 'group')
      for (const user of state.users.filed(filedBy.group(account, name), state.latest))
        state.save(
          { ...user, groups: user.groups.filter((group) => group !== name) },
          outside('removeGroup'),
        )
      state.groups.remove(arn, outside('removeGroup'))
    },
    removeRole: (on) => state.roles.remove(find(on, 'role').arn, outside('removeRole')),
    setTrust(on, trust) {
      const { trusted } = resolveTrust(state, textOf(trust))
      state.save({ ...find(on, 'role'), trust: textOf(trust), trusted }, outside('setTrust'))
    },
    setBoundary: (on, boundary) =>
      state.save({ ...find(on, 'user', 'role'), boundary }, outside('setBoundary')),
    setTags: (on, tags) =>
      state.save({ ...find(on, 'role'), tags: new Map(Object.entries(tags)) }, outside('setTags')),
    setQuotas: (account, quotas) =>
      void state.quotas.set(account, { ...usualQuotas, ...state.quotas.get(account), ...quotas }),
  }
}
