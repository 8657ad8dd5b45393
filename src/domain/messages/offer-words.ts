// What an offer gives and what ends it, in words.
import type { Offer } from '../grants/types.ts'
import type { CloudRole } from '../lanes/types.ts'
import { code } from './escape.ts'
import { endingAct } from './subject-words.ts'

/** The acts that end it before its lease does. Never none: closing ends everything. */
export function until({ until: given, boundHead, subject: { kind } }: Offer): string {
  const all = [...given, 'closed' as const, ...(boundHead === undefined ? [] : ['pushed' as const])]
  return [...new Set(all.map((each) => endingAct(each, kind)))].join(', or with ')
}

/** NB: whole, for what is cut off would be approved all the same. */
const arnMax = 2048

export function resourcesOf(role: CloudRole): string {
  switch (role.mode) {
    case 'assume-role':
      return `assume ${code(role.roleArn, arnMax)}`
    case 'inline-permissions':
      return role.allow
        .map(({ actions, resources }) => `call ${names(actions)} on ${names(resources)}`)
        .join('; ')
    default:
      return role satisfies never
  }
}

export const names = (values: readonly string[]): string =>
  values.map((each) => code(each, arnMax)).join(', ')
