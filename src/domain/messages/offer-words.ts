// What an offer gives and what ends it, in words.
import type { Offer } from '../grants/types.ts'
import { endingAct } from './subject-words.ts'

/** The acts that end it before its lease does. Never none: closing ends everything. */
export function until({ until: given, boundHead, subject: { kind } }: Offer): string {
  const all = [...given, 'closed' as const, ...(boundHead === undefined ? [] : ['pushed' as const])]
  return [...new Set(all.map((each) => endingAct(each, kind)))].join(', or with ')
}
