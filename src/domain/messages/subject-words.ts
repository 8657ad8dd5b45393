// What is said of the subject itself: a pull request and an issue end in other ways.
import type { EndReason } from '../grants/types.ts'
import type { Until } from '../policy/types.ts'
import type { Subject } from '../subjects.ts'

type Kind = Subject['kind']

const thing: Readonly<Record<Kind, string>> = {
  pull_request: 'the pull request',
  issue: 'the issue',
}

/** What would end it, as "or with …". */
export function endingAct(until: Until, kind: Kind): string {
  return until === 'closed' && kind === 'pull_request'
    ? 'the pull request being closed or merged'
    : acts[until].replace('{subject}', thing[kind])
}

const acts: Readonly<Record<Until, string>> = {
  reviewed: 'the review',
  unrequested: 'the review request being removed',
  unlabeled: 'the label being removed',
  unassigned: 'the assignment being removed',
  closed: '{subject} being closed',
  merged: '{subject} being merged',
  pushed: 'a push to {subject}',
}

/** Why it ended. */
export const reasonInWords = (reason: EndReason, kind: Kind): string =>
  reasons[reason].replace('{subject}', thing[kind])

const reasons: Readonly<Record<EndReason, string>> = {
  reviewed: 'the review was submitted',
  unrequested: 'the review was no longer requested',
  unlabeled: 'the label was removed',
  unassigned: 'the assignment was removed',
  pushed: 'another commit was pushed',
  done: 'its holder was done',
  frozen: 'it was frozen',
  closed: '{subject} was closed',
  merged: '{subject} was merged',
  expired: 'the lease was over',
  revoked: 'it was revoked',
  'revoked-outside': 'somebody removed it in the cloud',
  'standing-lost': 'its ground was lost',
  'could-not-be-given': 'it could not be given',
  restored: 'the ledger was restored from a backup',
  'left-to-original': 'this ledger is a copy, and its original goes on with it',
}
