// What lists of policies tell, be they a user's or a role's.
import { complete } from './answers.ts'

export const policyNamesIn = (
  pages: readonly { readonly PolicyNames?: readonly string[] | undefined }[],
): ReadonlySet<string> => new Set(pages.flatMap(({ PolicyNames = [] }) => PolicyNames))

/** The ARNs. */
export const attachedIn = (
  pages: readonly {
    readonly AttachedPolicies?: readonly { readonly PolicyArn?: string | undefined }[] | undefined
  }[],
  what: string,
): ReadonlySet<string> =>
  new Set(
    pages.flatMap(({ AttachedPolicies = [] }) =>
      AttachedPolicies.map(({ PolicyArn }) => complete(PolicyArn, what)),
    ),
  )
