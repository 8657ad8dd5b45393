import type { Finding } from './issues.ts'
import type { AwsBindingInput } from './schema-aws.ts'

/** IAM lets all inline policies of one user hold 2,048 characters; ours also carry their window and names. */
const inlineCharactersMax = 1_800

export function bindingFindings(
  bindings: readonly { readonly aws: AwsBindingInput }[],
  at: readonly PropertyKey[],
): readonly Finding[] {
  const seen = new Set<string>()
  return bindings.flatMap(({ aws }, index) => {
    const path = [...at, index]
    const written = JSON.stringify(aws)
    if (seen.has(written)) return [finding(path, 'the role already has this binding')]
    seen.add(written)
    return awsFindings(aws, [...path, 'aws'])
  })
}

function awsFindings(aws: AwsBindingInput, path: readonly PropertyKey[]): readonly Finding[] {
  if ((aws.assume === undefined) === (aws.allow === undefined))
    return [finding(path, 'write either `assume` or `allow`')]
  if (aws.assume !== undefined && aws.assume.split(':')[4] !== aws.account)
    return [
      finding(
        [...path, 'assume'],
        `the role is not in account ${aws.account}: write a role of that account`,
      ),
    ]
  if (filled(JSON.stringify(aws.allow ?? [])).length > inlineCharactersMax)
    return [
      finding(
        [...path, 'allow'],
        `write at most ${inlineCharactersMax} characters of permissions: more does not fit into an IAM user's inline policies; use \`assume\``,
      ),
    ]
  return []
}

/** With the longest values that parameters may have. */
const filled = (text: string): string =>
  text.replaceAll(/(?<!\$)\{[a-z][a-z0-9_-]{0,31}\}/g, 'x'.repeat(64))

const finding = (path: readonly PropertyKey[], message: string): Finding => ({
  path,
  part: path.at(-1) === 'aws' ? 'key' : 'value',
  message,
})
