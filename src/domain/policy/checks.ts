// What a document says must fit together: findings that no single value shows.
import type { Finding } from './issues.ts'
import { formatDuration } from './durations.ts'
import { nearest } from './nearest.ts'
import { bindingFindings } from './checks-bindings.ts'
import type { OrganizationDocument, RoleDocument, RuleDocument } from './schema.ts'
import type { RoleDefinition } from './types.ts'

/** A day: whoever needs it longer asks again, or holds it by other means than a review. */
const leaseSecondsMax = 86_400
/** The shortest and the longest session that AWS STS gives for an assumed role. */
const residualSeconds = { min: 15 * 60, max: 12 * 3_600 }

export function organizationFindings(document: OrganizationDocument): readonly Finding[] {
  return [
    ...Object.entries(document.roles).flatMap(([name, role]) => roleFindings(name, role)),
    ...ruleFindings(document.rules ?? []),
    ...identityFindings(document.identities ?? []),
    ...repeated(document.enrolled ?? [], (index) => ['enrolled', index], 'is already in this list'),
  ]
}

function roleFindings(name: string, role: RoleDocument): readonly Finding[] {
  const at = ['roles', name]
  return [
    ...bindingFindings(role.bindings, [...at, 'bindings']),
    ...leaseFindings(role, at),
    ...residualFindings(role, at),
    ...approvalFindings(role, at),
  ]
}

function leaseFindings({ lease }: RoleDocument, at: readonly string[]): readonly Finding[] {
  const found: Finding[] = []
  if (lease.max > leaseSecondsMax)
    found.push(value([...at, 'lease', 'max'], `write at most ${formatDuration(leaseSecondsMax)}`))
  if (lease.default > lease.max)
    found.push(
      value(
        [...at, 'lease', 'default'],
        `write at most the role's \`max\`, ${formatDuration(lease.max)}`,
      ),
    )
  return found
}

function residualFindings(role: RoleDocument, at: readonly string[]): readonly Finding[] {
  const assumed = role.bindings.filter(({ aws }) => aws.assume !== undefined)
  const allowed = role.bindings.filter(({ aws }) => aws.allow !== undefined)
  // A binding that is both or neither is told as such: which of these rules holds for it is not known yet.
  if (assumed.length + allowed.length !== role.bindings.length) return []
  const problem = residualProblem(role.residual, assumed.length > 0)
  return problem === undefined ? [] : [value([...at, 'residual'], problem)]
}

function residualProblem(seconds: number | undefined, assumes: boolean): string | undefined {
  if (!assumes)
    return seconds === undefined
      ? undefined
      : 'leave it out: what `allow` gives is judged at every request, so nothing outlives the lease'
  if (seconds === undefined)
    return "write how long a session may outlive the lease: the assumed role's MaxSessionDuration, such as `1h`"
  const { min, max } = residualSeconds
  return seconds < min || seconds > max
    ? `write between ${formatDuration(min)} and ${formatDuration(max)}, as AWS limits sessions`
    : undefined
}

function approvalFindings({ approval }: RoleDocument, at: readonly string[]): readonly Finding[] {
  if (approval === 'none') return []
  const people = new Set(approval.by.map((entry) => (entry.kind === 'user' ? entry.id : undefined)))
  return people.has(undefined) || approval.count <= people.size
    ? []
    : [value([...at, 'approval', 'count'], `write at most ${people.size}: nobody else may approve`)]
}

/** In all rules of a document: each is held against each changed path. */
const globsMax = 200

export const ruleFindings = (rules: readonly RuleDocument[]): readonly Finding[] => [
  ...ruleNameFindings(rules),
  ...globFindings(rules),
]

/** Told once, where the first one too many stands. */
function globFindings(rules: readonly RuleDocument[]): readonly Finding[] {
  const paths = rules.flatMap(({ when: { review_requested: on } }, rule) =>
    (on.paths ?? []).map((_, index) => ['rules', rule, 'when', 'review_requested', 'paths', index]),
  )
  const first = paths[globsMax]
  return first === undefined
    ? []
    : [value(first, `write at most ${globsMax} globs in all rules together`)]
}

const ruleNameFindings = (rules: readonly RuleDocument[]): readonly Finding[] =>
  repeated(
    rules.map(({ name }) => name),
    (index) => ['rules', index, 'name'],
    'another rule of this document has this name: write one of its own',
  )

/** What a rule says of the catalog: its role is there, and lasts long enough. */
export function catalogFindings(
  rule: { readonly give: string; readonly forSeconds: number | undefined },
  roles: ReadonlyMap<string, RoleDefinition>,
): readonly { readonly key: 'give' | 'for'; readonly message: string }[] {
  const role = roles.get(rule.give)
  if (role === undefined) {
    const near = nearest(rule.give, roles.keys())
    const meant =
      near === undefined
        ? "write a role of the organization's catalog"
        : `did you mean \`${near}\`?`
    return [{ key: 'give', message: `the catalog has no role \`${rule.give}\`; ${meant}` }]
  }
  const { maxSeconds } = role.lease
  if (rule.forSeconds === undefined || rule.forSeconds <= maxSeconds) return []
  return [
    {
      key: 'for',
      message: `write at most ${formatDuration(maxSeconds)}, the longest lease of \`${rule.give}\``,
    },
  ]
}

type Identities = NonNullable<OrganizationDocument['identities']>

function identityFindings(identities: Identities): readonly Finding[] {
  return [
    ...repeated(
      identities.map(({ github }) => github),
      (index) => ['identities', index, 'github'],
      'this person is already listed above: write everything of theirs in one place',
    ),
    ...identities.flatMap(({ aws = [] }, person) =>
      repeated(
        aws.map(({ account }) => account),
        (index) => ['identities', person, 'aws', index, 'account'],
        'this account is already listed for this person: keep one IAM user',
      ),
    ),
    ...sharedFindings(identities),
  ]
}

/** NB: what is given to one of two people who are the same IAM user is given to the other as well. */
function sharedFindings(identities: Identities): readonly Finding[] {
  const owners = new Map<string, number>()
  const message = 'this IAM user is already another person: give each person their own'
  return identities.flatMap(({ aws = [] }, person) =>
    aws.flatMap(({ account, user, id }, index) => {
      const names = { user: user.toLowerCase(), ...(id === undefined ? {} : { id }) }
      return Object.entries(names).flatMap(([key, name]) => {
        const shared = `${account}/${key}/${name}`
        const owner = owners.get(shared) ?? person
        owners.set(shared, owner)
        return owner === person ? [] : [value(['identities', person, 'aws', index, key], message)]
      })
    }),
  )
}

function repeated(
  values: readonly (string | number)[],
  path: (index: number) => readonly PropertyKey[],
  message: string,
): readonly Finding[] {
  const seen = new Set<string | number>()
  return values.flatMap((item, index) => {
    if (seen.has(item)) return [value(path(index), message)]
    seen.add(item)
    return []
  })
}

const value = (path: readonly PropertyKey[], message: string): Finding => ({
  path,
  part: 'value',
  message,
})
