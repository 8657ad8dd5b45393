// Roles, groups and managed policies that were there before anybody looks.
import { outside, textOf } from './outside.ts'
import { parsePolicy } from './policy-document.ts'
import { newGroup, newManagedPolicy, newRole } from './records.ts'
import type { State } from './state.ts'
import { resolveTrust } from './trust.ts'

/** Policy name → document, as text or as the object to write as JSON. */
type Policies = Readonly<Record<string, string | object>>

export interface NewRole {
  readonly account: string
  readonly name: string
  /** `/` when left out. */
  readonly path?: string
  /** Whether the role trusts its account, so that its users' own policies decide. Otherwise `trust` decides. */
  readonly trustAccountRoot?: boolean
  readonly trust?: object
  /** 3600 when left out. */
  readonly maxSessionSeconds?: number
  readonly policies?: Policies
  /** ARNs of managed policies. */
  readonly attached?: readonly string[]
  /** ARN of a managed policy. */
  readonly boundary?: string
  readonly tags?: Readonly<Record<string, string>>
}

export interface NewGroup {
  readonly account: string
  readonly name: string
  /** `/` when left out. */
  readonly path?: string
  readonly policies?: Policies
  /** ARNs of managed policies. */
  readonly attached?: readonly string[]
}

export interface NewManagedPolicy {
  readonly account: string
  readonly name: string
  /** `/` when left out. */
  readonly path?: string
  readonly document: object
}

export function inlineOf(policies: Policies = {}): ReadonlyMap<string, string> {
  const inline = new Map(Object.entries(policies).map(([name, d]) => [name, textOf(d)]))
  for (const document of inline.values()) parsePolicy(document, 'identity')
  return inline
}

const trusting = (account: string) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${account}:root` },
      Action: 'sts:AssumeRole',
    },
  ],
})

const trustingNobody = { Version: '2012-10-17', Statement: [] }

/** Throws for an account that was not added. */
export function known(state: State, account: string): string {
  if (!state.accounts.has(account)) throw new Error(`The sandbox has no account ${account}: add it`)
  return account
}

export function addRole(state: State, role: NewRole): { arn: string } {
  const account = known(state, role.account)
  const trust = JSON.stringify(
    role.trustAccountRoot ? trusting(account) : (role.trust ?? trustingNobody),
  )
  const made = newRole({
    account,
    name: role.name,
    path: role.path,
    at: state.history.now(),
    trust,
    trusted: resolveTrust(state, trust).trusted,
    maxSessionSeconds: role.maxSessionSeconds ?? 3600,
    inline: inlineOf(role.policies),
    attached: role.attached ?? [],
    boundary: role.boundary,
    tags: new Map(Object.entries(role.tags ?? {})),
  })
  state.remember(made)
  state.roles.put(made, outside('addRole'))
  return { arn: made.arn }
}

export function addGroup(state: State, group: NewGroup): { arn: string } {
  const account = known(state, group.account)
  const { name, path, attached = [] } = group
  const made = newGroup({ account, name, path, at: state.history.now() })
  state.remember(made)
  state.groups.put({ ...made, attached, inline: inlineOf(group.policies) }, outside('addGroup'))
  return { arn: made.arn }
}

export function addManagedPolicy(state: State, policy: NewManagedPolicy): { arn: string } {
  const { account, name, path } = policy
  const document = textOf(policy.document)
  parsePolicy(document, 'identity')
  const named = { account: known(state, account), name, path, at: state.history.now() }
  const made = newManagedPolicy({ ...named, document })
  state.policies.put(made, outside('addManagedPolicy'))
  return { arn: made.arn }
}
