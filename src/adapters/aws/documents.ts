import canonicalize from 'canonicalize'
import { CloudError } from '../../domain/errors.ts'
import type { AwsAssumeRole, AwsInlinePermissions, Binding } from '../../domain/lanes/types.ts'
import { floorToSecond, toIso } from '../../domain/time.ts'

interface Window {
  readonly DateGreaterThanEquals: { readonly 'aws:CurrentTime': string }
  readonly DateLessThan: { readonly 'aws:CurrentTime': string }
}

/** Inclusive start, exclusive end, in whole seconds: both rounded down, so that nothing lasts longer than it should. */
export const windowOf = (binding: Pick<Binding, 'startsAt' | 'endsAt'>): Window => ({
  DateGreaterThanEquals: { 'aws:CurrentTime': toIso(floorToSecond(binding.startsAt)) },
  DateLessThan: { 'aws:CurrentTime': toIso(floorToSecond(binding.endsAt)) },
})

/** One statement and no list around it: six of these have to fit into a user's 2,048 characters. */
const assumeRole = (role: AwsAssumeRole, binding: Binding) => ({
  Version: '2012-10-17',
  Statement: {
    Effect: 'Allow',
    Action: 'sts:AssumeRole',
    Resource: role.roleArn,
    Condition: {
      ...windowOf(binding),
      StringEquals: { 'sts:RoleSessionName': binding.sessionName },
    },
  },
})

const inlinePermissions = (role: AwsInlinePermissions, binding: Binding) => ({
  Version: '2012-10-17',
  Statement: role.allow.map(({ actions, resources }) => ({
    Effect: 'Allow',
    Action: actions,
    Resource: resources,
    Condition: windowOf(binding),
  })),
})

/** The inline policy that is this binding, as JSON without whitespace. */
export function documentOf(binding: Binding): string {
  const { role } = binding
  if (role.mode === 'assume-role') return JSON.stringify(assumeRole(role, binding))
  if (role.mode === 'inline-permissions') return JSON.stringify(inlinePermissions(role, binding))
  throw new CloudError('invalid', `AWS: ${role.mode} is no inline policy of a user`)
}

function canonical(document: string): string | undefined {
  try {
    return canonicalize(JSON.parse(document))
  } catch {
    return undefined
  }
}

/** Whether two documents are the same JSON, however it is written. What is no JSON is the same as nothing. */
export function sameDocument(a: string, b: string): boolean {
  const canonicalA = canonical(a)
  return canonicalA !== undefined && canonicalA === canonical(b)
}

/** The document as IAM returns it, URL-encoded (RFC 3986). Undefined when it is not. */
export function decodeDocument(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded)
  } catch {
    return undefined
  }
}
