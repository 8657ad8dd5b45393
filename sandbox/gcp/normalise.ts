// A policy as Google keeps it, whatever the form it was sent in.
import type { AuditConfig, Binding, Condition, PolicyDraft } from './entities.ts'
import { normalMember } from './principals.ts'

const conditionKey = (condition: Condition | undefined) =>
  condition === undefined
    ? ''
    : JSON.stringify([
        condition.title,
        condition.expression,
        condition.description,
        condition.location,
      ])

/** Bindings with the same key are one. */
export const keyOf = ({ role, condition }: Pick<Binding, 'role' | 'condition'>): string =>
  `${role} ${conditionKey(condition)}`

const byText = (a: string, b: string) => (a < b ? -1 : Number(a > b))

const sorted = (members: readonly string[]) => [...new Set(members.map(normalMember))].sort(byText)

const same = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((it, n) => it === b[n])

/** Merged by role and condition, members once each and sorted, empty ones dropped. Those that `before` had are taken from there. */
function normalBindings(bindings: readonly Binding[], before: readonly Binding[]): Binding[] {
  const former = new Map(before.map((binding) => [keyOf(binding), binding]))
  const merged = new Map<string, Binding[]>()
  for (const binding of bindings) {
    const key = keyOf(binding)
    const known = merged.get(key)
    if (known) known.push(binding)
    else merged.set(key, [binding])
  }
  return [...merged]
    .map(([key, [first, ...more]]) => {
      const parts = first ? [first, ...more] : []
      const members = sorted(parts.flatMap((part) => part.members))
      const kept = former.get(key)
      const binding = kept && same(kept.members, members) ? kept : first && { ...first, members }
      return { key, binding }
    })
    .sort((a, b) => byText(a.key, b.key))
    .flatMap(({ binding }) => (binding && binding.members.length > 0 ? [binding] : []))
}

const normalAudit = (configs: readonly AuditConfig[]): AuditConfig[] =>
  configs
    .filter((config) => config.auditLogConfigs.length > 0)
    .map(({ service, auditLogConfigs }) => ({
      service,
      auditLogConfigs: auditLogConfigs.map(({ logType, exemptedMembers }) => ({
        logType,
        exemptedMembers: sorted(exemptedMembers),
      })),
    }))

export const normalPolicy = (draft: PolicyDraft, before: PolicyDraft): PolicyDraft => ({
  bindings: normalBindings(draft.bindings, before.bindings),
  auditConfigs:
    draft.auditConfigs === before.auditConfigs
      ? before.auditConfigs
      : normalAudit(draft.auditConfigs),
})

/** The same policy with a member called otherwise wherever it stands. */
export function renamed(policy: PolicyDraft, from: string, to: string): PolicyDraft | undefined {
  const rename = (members: readonly string[]) =>
    members.includes(from) ? members.map((it) => (it === from ? to : it)) : members
  const text = JSON.stringify([policy.bindings, policy.auditConfigs])
  if (!text.includes(JSON.stringify(from))) return undefined
  const bindings = policy.bindings.map((it) =>
    it.members.includes(from) ? { ...it, members: rename(it.members) } : it,
  )
  const auditConfigs = policy.auditConfigs.map((config) => ({
    ...config,
    auditLogConfigs: config.auditLogConfigs.map((it) => ({
      ...it,
      exemptedMembers: rename(it.exemptedMembers),
    })),
  }))
  return normalPolicy({ bindings, auditConfigs }, policy)
}
