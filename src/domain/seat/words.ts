import type { UnclaimedWhy } from './judge-seat.ts'

/** For whoever has to decide: what was found, and what to do. */
export const unclaimedInWords = (why: UnclaimedWhy): string =>
  why === 'renamed'
    ? 'The ledger became another instance while this Hallpass ran. Nothing is given and nothing is ended here until it is restarted.'
    : `${found[why]} Nothing is given and nothing is ended until a person claims it: \`hallpass claim\` if it goes on here, \`hallpass claim --as-new\` if it is a copy (docs/recovery.md).`

const found: Readonly<Record<Exclude<UnclaimedWhy, 'renamed'>, string>> = {
  'another-database':
    'The ledger is in another database than it was noted in: it was restored, copied or moved.',
  'another-place':
    'The ledger is reached by another address, or lies in other files, than was noted: it was restored, copied or moved.',
  'another-app': 'The ledger worked for another GitHub App than this Hallpass is set up for.',
  'history-lost':
    'The ledger does not hold any more what was recorded in it: an older state was restored under a running Hallpass.',
}
