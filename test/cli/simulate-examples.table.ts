// What each example means under simulate-examples.policy.yml, without facts besides: whoever acts may write, nobody is
// in a team, the account is served. In the order of the package.
import type { FactsFile } from '../../src/entrypoints/cli/simulate/facts-file.ts'
import type { EventFile } from '../../src/entrypoints/cli/simulate/simulate-event.ts'

type Row = readonly [action: string, outcome: string]
type Name = 'pull_request' | 'pull_request_review' | 'issues' | 'issue_comment' | 'check_run'

export const exampleTable: Readonly<Record<Name, readonly Row[]>> = {
  pull_request: [
    ['opened', 'ends assignees: pushed'],
    ['assigned', 'refuses secrets-read: repository-public'],
    ['assigned', 'refuses secrets-read: repository-public'],
    ['closed', 'ends reviewers: closed, bugs: closed, assignees: closed, on request: closed'],
    ['closed', 'ends reviewers: closed, bugs: closed, assignees: closed, on request: closed'],
    ['converted_to_draft', 'not-handled'],
    ['converted_to_draft', 'not-handled'],
    ['converted_to_draft', 'not-handled'],
    ['labeled', 'gives db-read to Codertocat once approved'],
    ['labeled', 'gives db-read to Codertocat once approved'],
    ['locked', 'not-handled'],
    ['locked', 'not-handled'],
    ['opened', 'ends assignees: pushed'],
    ['opened', 'ends assignees: pushed'],
    ['opened', 'ends assignees: pushed'],
    ['ready_for_review', 'not-handled'],
    ['ready_for_review', 'not-handled'],
    ['ready_for_review', 'not-handled'],
    ['reopened', 'ends assignees: pushed'],
    ['reopened', 'ends assignees: pushed'],
    ['review_request_removed', 'ends reviewers: unrequested'],
    ['review_requested', 'gives logs-read to octocat'],
    ['synchronize', 'ends assignees: pushed'],
    ['unassigned', 'ends bugs: unassigned, assignees: unassigned'],
    ['unassigned', 'ends bugs: unassigned, assignees: unassigned'],
    ['unlabeled', 'ends bugs: unlabeled'],
    ['unlabeled', 'ends bugs: unlabeled'],
    ['unlocked', 'not-handled'],
    ['unlocked', 'not-handled'],
  ],
  pull_request_review: [
    ['submitted', 'nothing'],
    ['dismissed', 'ends nothing'],
    ['submitted', 'nothing'],
    ['submitted', 'nothing'],
  ],
  issues: [
    ['edited', 'not-handled'],
    ['assigned', 'refuses secrets-read: repository-public'],
    ['assigned', 'refuses secrets-read: repository-public'],
    ['assigned', 'refuses secrets-read: repository-public'],
    ['deleted', 'ends bugs: closed, assignees: closed, on request: closed'],
    ['demilestoned', 'not-handled'],
    ['demilestoned', 'not-handled'],
    ['edited', 'not-handled'],
    ['edited', 'not-handled'],
    ['labeled', 'gives db-read to Codertocat once approved'],
    ['labeled', 'gives db-read to Codertocat once approved'],
    ['locked', 'not-handled'],
    ['locked', 'not-handled'],
    ['milestoned', 'not-handled'],
    ['milestoned', 'not-handled'],
    ['opened', 'not-handled'],
    ['opened', 'not-handled'],
    ['opened', 'not-handled'],
    ['opened', 'not-handled'],
    ['pinned', 'not-handled'],
    ['reopened', 'not-handled'],
    ['transferred', 'ends nothing'],
    ['unassigned', 'ends bugs: unassigned, assignees: unassigned'],
    ['unassigned', 'ends bugs: unassigned, assignees: unassigned'],
    ['unlabeled', 'ends bugs: unlabeled'],
    ['unlabeled', 'ends bugs: unlabeled'],
    ['unlocked', 'not-handled'],
    ['unlocked', 'not-handled'],
    ['unpinned', 'not-handled'],
  ],
  issue_comment: [
    ['created', 'nothing'],
    ['created', 'nothing'],
    ['created', 'nothing'],
    ['created', 'nothing'],
    ['created', 'nothing'],
    ['deleted', 'not-handled'],
    ['deleted', 'not-handled'],
    ['edited', 'not-handled'],
    ['edited', 'not-handled'],
  ],
  check_run: [
    ['created', 'not-handled'],
    ['completed', 'not-handled'],
    ['completed', 'not-handled'],
    ['completed', 'not-handled'],
    ['created', 'not-handled'],
    ['created', 'not-handled'],
    ['requested_action', 'nothing'],
    ['rerequested', 'not-handled'],
    ['rerequested', 'not-handled'],
  ],
}

type Payload = EventFile['payload']
interface Altered {
  readonly what: string
  readonly name: Name
  readonly action: string
  /** Members that take the place of the example's. */
  readonly more: (payload: Payload) => Record<string, unknown>
  readonly facts?: FactsFile
  readonly outcome: string
}

const member = (payload: Payload, name: string): Record<string, unknown> =>
  payload[name] as Record<string, unknown>
const said = (body: string) => (payload: Payload) => ({
  comment: { ...member(payload, 'comment'), body },
})
const octocat = { id: 5346, login: 'octocat', teams: ['github'] }
const codertocat = { id: 21031067, login: 'Codertocat' } as const
const team = { id: 9, slug: 'github' }
const teamAsked = (payload: Payload) => ({
  requested_reviewer: undefined,
  requested_team: team,
  pull_request: { ...member(payload, 'pull_request'), requested_teams: [team] },
})
const pressed = (identifier: string, name: string) => (payload: Payload) => ({
  requested_action: { identifier },
  check_run: {
    ...member(payload, 'check_run'),
    name,
    external_id: `hallpass:i7:${String(member(payload, 'repository')['id'])}#12:x`,
  },
})
const reviewed = (state: string) => (payload: Payload) => ({
  review: { ...member(payload, 'review'), state },
})

export const alteredTable: readonly Altered[] = [
  {
    what: 'a team is asked, of which the facts know a member',
    name: 'pull_request',
    action: 'review_requested',
    more: teamAsked,
    facts: { people: [octocat] },
    outcome: 'gives logs-read to octocat',
  },
  {
    what: 'a team is asked, of which nobody is known',
    name: 'pull_request',
    action: 'review_requested',
    more: teamAsked,
    outcome: 'refuses access: not-eligible',
  },
  {
    what: 'a bot asks for the review',
    name: 'pull_request',
    action: 'review_requested',
    more: (payload) => ({ sender: { ...member(payload, 'sender'), type: 'Bot' } }),
    outcome: 'refuses access: actor-is-bot',
  },
  {
    what: 'who asks may only triage',
    name: 'pull_request',
    action: 'review_requested',
    more: () => ({}),
    facts: { people: [{ ...codertocat, role: 'triage' }] },
    outcome: 'refuses access: actor-without-standing',
  },
  {
    what: 'the account is not served',
    name: 'pull_request',
    action: 'review_requested',
    more: () => ({}),
    facts: { accounts: [1] },
    outcome: 'refuses access: account-not-served',
  },
  {
    what: 'the role is frozen',
    name: 'pull_request',
    action: 'review_requested',
    more: () => ({}),
    facts: { freezes: [{ kind: 'role', role: 'logs-read' }] },
    outcome: 'refuses logs-read: frozen',
  },
  {
    what: 'the repository is archived',
    name: 'pull_request',
    action: 'review_requested',
    more: () => ({}),
    facts: { repository: { archived: true } },
    outcome: 'refuses access: repository-archived',
  },
  {
    what: 'the request is taken back meanwhile',
    name: 'pull_request',
    action: 'review_requested',
    more: () => ({}),
    facts: { subject: { requestedReviewers: [] } },
    outcome: 'refuses access: not-requested-any-more',
  },
  {
    what: 'it is asked for another reviewer, whom no cloud knows',
    name: 'pull_request',
    action: 'review_requested',
    more: (payload) => {
      const hubot = { ...member(payload, 'requested_reviewer'), id: 7, login: 'hubot' }
      const pull = { ...member(payload, 'pull_request'), requested_reviewers: [hubot] }
      return { requested_reviewer: hubot, pull_request: pull }
    },
    facts: { people: [{ id: 7, login: 'hubot', teams: ['github'] }] },
    outcome: 'refuses logs-read: identity-missing',
  },
  {
    what: 'the head is of a fork',
    name: 'pull_request',
    action: 'labeled',
    more: () => ({}),
    facts: { subject: { fromFork: true } },
    outcome: 'refuses db-read: from-fork',
  },
  {
    what: 'the repository is private',
    name: 'issues',
    action: 'assigned',
    more: () => ({}),
    facts: { repository: { visibility: 'private' } },
    outcome: 'gives secrets-read to Codertocat once approved',
  },
  {
    what: 'a label that no rule looks at',
    name: 'issues',
    action: 'labeled',
    more: () => ({ label: { name: 'question' } }),
    outcome: 'asks for nothing',
  },
  {
    what: 'a review that approves',
    name: 'pull_request_review',
    action: 'submitted',
    more: reviewed('approved'),
    outcome: 'ends reviewers: reviewed',
  },
  {
    what: 'a review that asks for changes',
    name: 'pull_request_review',
    action: 'submitted',
    more: reviewed('changes_requested'),
    outcome: 'ends reviewers: reviewed',
  },
  {
    what: 'a merge',
    name: 'pull_request',
    action: 'closed',
    more: (payload) => ({
      pull_request: { ...member(payload, 'pull_request'), merged: true },
    }),
    outcome: 'ends reviewers: merged, bugs: merged, assignees: merged, on request: merged',
  },
  {
    what: 'a command that asks',
    name: 'issue_comment',
    action: 'created',
    more: said('/access request db-read for 2h because the orders are stuck'),
    outcome: 'request (heard: yes) gives db-read to Codertocat once approved',
  },
  {
    what: 'a command that asks for too long',
    name: 'issue_comment',
    action: 'created',
    more: said('/access request db-read for 8h'),
    outcome: 'request (heard: yes) refuses db-read: lease-too-long',
  },
  {
    what: 'a command that asks for what no rule gives',
    name: 'issue_comment',
    action: 'created',
    more: said('/access request logs-read'),
    outcome: 'request (heard: yes) refuses access: no-such-rule',
  },
  {
    what: 'several commands, one mistyped',
    name: 'issue_comment',
    action: 'created',
    more: said('/access aprove K7Q2-9MXD\n/access approve K7Q2-9MXD\n/access status'),
    outcome: 'mistake (heard: yes); approve (heard: yes); status (heard: yes)',
  },
  {
    what: 'commands of somebody who may only read a public repository',
    name: 'issue_comment',
    action: 'created',
    more: said('/access request db-read\n/access approve K7Q2-9MXD\n/access help'),
    facts: { people: [{ ...codertocat, role: 'read' }] },
    outcome: 'request (heard: no); approve (heard: approver); help (heard: no)',
  },
  {
    what: 'a command in a quote',
    name: 'issue_comment',
    action: 'created',
    more: said('> /access request db-read'),
    outcome: 'nothing',
  },
  {
    what: 'a command written through another App',
    name: 'issue_comment',
    action: 'created',
    more: (payload) => ({
      comment: {
        ...member(payload, 'comment'),
        body: '/access request db-read',
        performed_via_github_app: { id: 1 },
      },
    }),
    outcome: 'nothing',
  },
  {
    what: 'Approve on an offer of ours',
    name: 'check_run',
    action: 'requested_action',
    more: pressed('approve', 'hallpass/offer K7Q2-9MXD'),
    outcome: 'approve (heard: yes)',
  },
  {
    what: 'Approve on a run without a code',
    name: 'check_run',
    action: 'requested_action',
    more: pressed('approve', 'hallpass/access'),
    outcome: 'nothing',
  },
  {
    what: 'Revoke on the run of a grant',
    name: 'check_run',
    action: 'requested_action',
    more: pressed('revoke', 'hallpass/access'),
    outcome: 'revoke (heard: yes)',
  },
  {
    what: 'a delivery without a sender',
    name: 'pull_request',
    action: 'closed',
    more: () => ({ sender: undefined }),
    outcome: 'delivery-refused',
  },
]
