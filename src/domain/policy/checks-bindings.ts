// What a role gives in the clouds: that each binding is one thing, and that the clouds would take it.
import { valueAt, type Finding } from './issues.ts'
import { awsFindings } from './checks-aws.ts'
import type { AzureBindingInput } from './schema-azure.ts'
import { exclusiveHint } from './schema-exclusive.ts'
import { gcpWhere, type GcpBindingInput } from './schema-gcp.ts'
import { clouds, type BindingInput } from './schema-role.ts'
import { toCloudRole } from './to-binding.ts'
import type { Path } from './yaml-document.ts'

export function bindingFindings(bindings: readonly BindingInput[], at: Path): readonly Finding[] {
  const seen = new Set<string>()
  return bindings.flatMap((binding, index) => {
    const path = [...at, index]
    const written = JSON.stringify(toCloudRole(binding) ?? index)
    if (seen.has(written)) return [valueAt(path, 'the role already has this binding')]
    seen.add(written)
    return bindingProblems(binding, path)
  })
}

function bindingProblems(binding: BindingInput, path: Path): readonly Finding[] {
  const [cloud, another] = clouds.filter((each) => binding[each] !== undefined)
  if (cloud === undefined || another !== undefined)
    return [valueAt(path, 'write one cloud, such as `- aws: { ... }`')]
  const { aws, gcp, azure } = binding
  const at = [...path, cloud]
  return [
    ...(aws === undefined ? [] : awsFindings(aws, at)),
    ...(gcp === undefined ? [] : gcpFindings(gcp, at)),
    ...(azure === undefined ? [] : azureFindings(azure, at)),
  ]
}

function gcpFindings(gcp: GcpBindingInput, at: Path): readonly Finding[] {
  const [where, another] = gcpWhere.filter((each) => gcp[each] !== undefined)
  if (where === undefined || another !== undefined)
    return [
      { path: at, part: 'key', message: 'write one of `project`, `folder` and `organization`' },
    ]
  const [, kind, id] = /^(project|organization)s\/([^/]+)\/roles\//.exec(gcp.role) ?? []
  const message =
    kind === 'project' && gcp.project !== id
      ? `a project's own role is given in that project alone: write \`project: ${id}\`, or a role of the organization`
      : kind === 'organization' && gcp.organization !== undefined && gcp.organization !== id
        ? `the role is another organization's: write one of organization ${gcp.organization}`
        : undefined
  return message === undefined ? [] : [valueAt([...at, 'role'], message)]
}

function azureFindings({ via, exclusive }: AzureBindingInput, at: Path): readonly Finding[] {
  const path = [...at, 'exclusive']
  if (via === 'pim')
    return exclusive === undefined
      ? []
      : [valueAt(path, 'leave it out: what `pim` makes is marked, and others may stand beside it')]
  if (exclusive !== undefined) return []
  const hint = exclusiveHint('assign that role to users in that scope')
  return [valueAt(path, via === undefined ? `${hint}; or write \`via: pim\`` : hint)]
}
