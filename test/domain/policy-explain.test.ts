// What people read of a rule that would be started by what nobody did yet.
import { describe, expect, it } from 'vitest'
import { rolesAnswer } from '../../src/domain/messages/answers/roles.ts'
import { whyAnswer } from '../../src/domain/messages/answers/why.ts'
import { actFor, explainRule } from '../../src/domain/policy/explain.ts'
import type { Facts } from '../../src/domain/policy/types.ts'
import {
  anIssue,
  ask,
  goodFacts,
  goodPull,
  now,
  organizationText,
  policyOf,
  reviewer,
  served,
} from './policy.world.ts'

const ruled = (rule: string) =>
  organizationText.replace(/^rules:\n[^]*?(?=^identities)/m, `rules:\n  - ${rule}\n`)

/** As if `olivia` did it for `rania`. */
function supposed(rule: string, more: Partial<Facts> = {}, enrolled = 900) {
  const text = ruled(rule).replace('enrolled: [900]', `enrolled: [${enrolled}]`)
  const policy = policyOf(text)
  const facts = { ...goodFacts(policy), ...more }
  const { subject, current } = facts
  const supposing = { subject, current, actor: ask.actor, person: reviewer, now }
  return policy.rules.map((each) =>
    explainRule(
      {
        ask: actFor(each, supposing),
        policy,
        facts,
        accounts: served,
        without: ['age', 'trigger'],
        supposed: true,
      },
      each,
    ),
  )
}
const failing = (...of: Parameters<typeof supposed>) =>
  supposed(...of).flatMap(({ steps }) =>
    steps.filter(({ holds }) => !holds).map(({ detail }) => detail),
  )

const onReview = '{ name: r, when: { review_requested: {} }, give: logs-read }'
const onLabel =
  '{ name: r, when: { labeled: [ready, "incident/*"] }, to: assignees, give: logs-read }'
const onAssignment = '{ name: r, when: { assigned: {} }, give: logs-read }'
const noDraft = '{ name: r, when: { review_requested: { draft: false } }, give: logs-read }'
const onlyDraft = '{ name: r, when: { review_requested: { draft: true } }, give: logs-read }'
const nobodyAsked = { ...goodPull, requestedReviewers: [] }

const told: readonly (readonly [string, string, Partial<Facts>, readonly string[]])[] = [
  [
    'a review that nobody asked for',
    onReview,
    { current: nobodyAsked },
    ['Nobody asked `rania` for a review; requesting one asks for it.'],
  ],
  ['a review of an issue', onReview, { current: anIssue }, ['Nobody reviews an issue.']],
  [
    'a label that is not there',
    onLabel,
    { current: { ...goodPull, assignees: [reviewer] } },
    ['None of the labels `ready`, `incident/*` is there; adding one asks for it.'],
  ],
  [
    'somebody who is not assigned',
    onAssignment,
    {},
    ['`rania` is not assigned; assigning them asks for it.'],
  ],
  ['a draft', noDraft, { current: { ...goodPull, draft: true } }, ['the pull request is a draft']],
  ['no draft', onlyDraft, {}, ['the pull request is no draft']],
  [
    'what is held already',
    onReview,
    { held: ['logs-read'] },
    [expect.stringContaining('`rania` already holds `logs-read` for this pull request')],
  ],
]

describe('what stands in the way', () => {
  it.each(told)('of %s', (_, rule, facts, expected) => {
    expect(failing(rule, facts)).toEqual(expected)
  })

  it('is nothing where it was done', () => {
    expect(failing(onReview)).toEqual([])
  })

  it('is the catalog alone where the role is not offered, of which nothing else was read', () => {
    const unread = { changedPaths: undefined, resolved: [], usage: [] }
    const rule =
      '{ name: r, when: { review_requested: { paths: ["a/**"], author: [team:x], actor: [team:x] } }, give: logs-read }'
    const [explained] = supposed(rule, unread, 901)
    const failed = explained?.steps.filter(({ holds }) => !holds).map(({ name }) => name)
    expect(failed).toEqual(['catalog'])
    expect(explained?.notLookedAt.map(({ name }) => name)).toEqual([
      'unused',
      'paths',
      'author',
      'actor',
      'path-list',
      'values',
      'eligible',
      'limits',
      'identity',
    ])
  })
})

describe('the answer', () => {
  it('to why starts with what fails, and folds the rest away', () => {
    expect(whyAnswer(reviewer, 'logs-read', supposed(onReview, { current: nobodyAsked })))
      .toMatchInlineSnapshot(`
      "What the policy makes of \`rania\` and \`logs-read\`:

      **The rule \`r\`**, when a review is requested of you: would not give it

      - ❌ Nobody asked \`rania\` for a review; requesting one asks for it.

      <details><summary>Steps that hold: 27</summary>

      - ✅ the account is served: \`acme\` \\(account 500\\) is served
      - ✅ a person asks: \`olivia\` is a person
      - ✅ they may ask here: \`olivia\` has the role \`write\` on this repository
      - ✅ the rule is for the recipient: \`rania\` receives, as \`reviewer\`
      - ✅ the act has given nothing yet: it has given nothing yet
      - ✅ the changed paths match: the rule asks for none in particular
      - ✅ the base branch matches: the rule asks for none in particular
      - ✅ the labels are there: the rule asks for none in particular
      - ✅ the author fits: the rule asks for none in particular
      - ✅ who asks fits: the rule asks for none in particular
      - ✅ the draft state fits: the rule asks for none in particular
      - ✅ the time fits: the rule asks for none in particular
      - ✅ the head is no fork, or may be one: the head is in this repository
      - ✅ the repository is not public, or may be: the repository is private
      - ✅ the subject is open: the pull request is open
      - ✅ the recipient is a person with access: \`rania\` has the role \`read\` on this repository
      - ✅ the reviewer is not the author: \`rania\` did not write it
      - ✅ the role is offered here: \`logs-read\` is offered to \`shop-orders\`
      - ✅ all changed paths are known: all that the rule looks at are known
      - ✅ the values from the paths are good: the role takes none
      - ✅ the recipient may hold the role: \`rania\` may hold \`logs-read\`
      - ✅ nothing is owed from breaking the glass: the glass is not broken
      - ✅ the role may last that long: \`logs-read\` may last 2h
      - ✅ nothing is frozen: nothing that this touches is frozen
      - ✅ it is not held already: \`rania\` holds nothing of it yet
      - ✅ no limit is reached: it is within the limits of the role, the person and the repository
      - ✅ the clouds know the recipient: \`rania\` is known to them, and has none of it yet

      </details>"
    `)
  })

  it('to roles says what stands in the way, never the contrary', () => {
    const rows = [
      ...supposed(onReview, { current: nobodyAsked }),
      ...supposed(noDraft, { current: { ...goodPull, draft: true } }),
      ...supposed(onReview, { held: ['logs-read'] }),
      ...supposed(onReview),
    ]
    expect(rolesAnswer(rows)).toMatchInlineSnapshot(`
      "| role | when | for | approval | you could |
      |---|---|---|---|---|
      | \`logs-read\` | a review is requested of you | 30m | nobody has to approve | no: Nobody asked \`rania\` for a review; requesting one asks for it. |
      | \`logs-read\` | a review is requested of you | 30m | nobody has to approve | no: the pull request is a draft |
      | \`logs-read\` | a review is requested of you | 30m | nobody has to approve | no: \`rania\` already holds \`logs-read\` for this pull request, or has asked for it. Nothing is to be done; ask again when it has ended. |
      | \`logs-read\` | a review is requested of you | 30m | nobody has to approve | yes |"
    `)
  })
})
