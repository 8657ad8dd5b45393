// What a binding in AWS says must fit together, and fit into what AWS takes.
import { awsPolicyProblem } from './escalating.ts'
import { keyAt, repeated, valueAt, type Finding } from './issues.ts'
import { awsWays, type AwsBindingInput } from './schema-aws.ts'
import { exclusiveHint } from './schema-exclusive.ts'
import type { Path } from './yaml-document.ts'

/** IAM lets all inline policies of one user hold 2,048 characters; ours also carry their window and names. */
const inlineCharactersMax = 1_800

export function awsFindings(aws: AwsBindingInput, at: Path): readonly Finding[] {
  const [way, another] = awsWays.filter((each) => aws[each] !== undefined)
  if (way === undefined || another !== undefined)
    return [keyAt(at, `write one of ${names(awsWays)}`)]
  return [
    ...sessionFindings(aws, at),
    ...exclusiveFindings(aws, way, at),
    ...placeFindings(aws, at),
    ...policyFindings(aws, at),
    ...sizeFindings(aws, at),
  ]
}

const names = (keys: readonly string[]): string => {
  const quoted = keys.map((key) => `\`${key}\``)
  return `${quoted.slice(0, -1).join(', ')} and ${quoted.at(-1)}`
}

const sessionFindings = ({ assume, end_sessions }: AwsBindingInput, at: Path) =>
  end_sessions === undefined || assume !== undefined
    ? []
    : [keyAt([...at, 'end_sessions'], 'leave it out: it stands beside `assume` alone')]

/** What others would do that Hallpass could not tell from its own. */
const doneByOthers: Partial<Record<(typeof awsWays)[number], string>> = {
  group: 'put members into that group',
  attach: 'attach that policy to users',
  permission_set: 'assign that permission set to users in that account',
}

function exclusiveFindings(
  { exclusive }: AwsBindingInput,
  way: (typeof awsWays)[number],
  at: Path,
): readonly Finding[] {
  const path = [...at, 'exclusive']
  const done = doneByOthers[way]
  if (done === undefined)
    return exclusive === undefined
      ? []
      : [keyAt(path, `leave it out: what \`${way}\` gives carries Hallpass's mark`)]
  return exclusive === undefined ? [valueAt(path, exclusiveHint(done))] : []
}

/** Each ARN of IAM with the account that it belongs to. */
function placeFindings(aws: AwsBindingInput, at: Path): readonly Finding[] {
  const { account, assume, attach, role_with } = aws
  const placed: readonly (readonly [Path, string, string])[] = [
    ...(assume === undefined ? [] : [[['assume'], 'role', assume] as const]),
    ...(attach === undefined ? [] : [[['attach'], 'policy', attach] as const]),
    ...(role_with?.policies ?? []).map(
      (arn, index) => [['role_with', 'policies', index], 'policy', arn] as const,
    ),
    ...(role_with?.boundary === undefined
      ? []
      : [[['role_with', 'boundary'], 'policy', role_with.boundary] as const]),
  ]
  return placed.flatMap(([path, what, arn]) => {
    const owner = arn.split(':')[4]
    return owner === account || owner === 'aws'
      ? []
      : [
          valueAt(
            [...at, ...path],
            `the ${what} is not in account ${account}: write a ${what} of that account`,
          ),
        ]
  })
}

function policyFindings({ attach, role_with }: AwsBindingInput, at: Path): readonly Finding[] {
  const { policies = [], boundary } = role_with ?? {}
  const within = [...at, 'role_with']
  return [
    ...repeated(
      policies,
      (index) => [...within, 'policies', index],
      'the role already has this policy',
    ),
    ...refused(
      attach,
      [...at, 'attach'],
      'write a policy for the work itself, or `role_with` with a `boundary`',
    ),
    // NB: within a boundary of their own nobody gets further than it, whatever else they are given.
    ...(boundary === undefined
      ? policies.flatMap((arn, index) =>
          refused(
            arn,
            [...within, 'policies', index],
            'write a `boundary` that keeps it from that, or a policy for the work itself',
          ),
        )
      : refused(
          boundary,
          [...within, 'boundary'],
          'write a policy that keeps the role within its work',
        )),
  ]
}

function refused(arn: string | undefined, path: Path, instead: string): readonly Finding[] {
  const name = arn === undefined ? undefined : awsPolicyProblem(arn)
  return name === undefined
    ? []
    : [valueAt(path, `\`${name}\` gives access to itself and to others: ${instead}`)]
}

function sizeFindings({ allow = [] }: AwsBindingInput, at: Path): readonly Finding[] {
  const { length } = filled(JSON.stringify(allow))
  return length <= inlineCharactersMax
    ? []
    : [
        valueAt(
          [...at, 'allow'],
          `write at most ${inlineCharactersMax} characters of permissions: more does not fit into an IAM user's inline policies; use \`role_with\` or \`assume\``,
        ),
      ]
}

/** With the longest values that parameters may have. */
const filled = (text: string): string =>
  text.replaceAll(/(?<!\$)\{[a-z][a-z0-9_-]{0,31}\}/g, 'x'.repeat(64))
