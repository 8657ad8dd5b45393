import { describe, expect, it } from 'vitest'
import { apply } from '../../src/domain/grants/apply.ts'
import { revisionOf } from '../../src/domain/grants/revision.ts'
import { bindingIdsOf } from '../../src/domain/lanes/bindings-of.ts'
import type { Facts, Policy } from '../../src/domain/policy/types.ts'
import { factsToJson } from '../../src/domain/policy/facts-json.ts'
import { explainGrant } from '../../src/workflows/explain-grant.ts'
import { ask, goodFacts, judged, now, organizationText, policyOf } from '../domain/policy.world.ts'
import { fakeDeps } from '../support/fakes.ts'

const repositoryText = `
version: 1
rules:
  - { name: our own, when: { review_requested: {} }, give: db-read }
`

interface Recorded {
  readonly texts?: readonly { readonly blob: string; readonly text: string }[]
  readonly facts?: Partial<Facts>
  readonly policy?: Policy
  readonly role?: string
  readonly revision?: number
}

/** What was offered to the reviewer, as the ledger keeps it: what came with it may have been changed since. */
async function explained({
  texts = [{ blob: 'b1', text: organizationText }],
  facts = {},
  policy = policyOf(),
  role = 'logs-read',
  revision = 1,
}: Recorded = {}) {
  const { deps, ledger } = fakeDeps()
  const offer = judged({ policy }).offers.find((each) => each.role === role)
  if (offer === undefined) throw new Error('nothing was offered')
  const made = revisionOf(offer, 1, 'AAAA-AAAA')
  const command = {
    type: 'request',
    id: 'g',
    revision: made,
    lapseSeconds: 60,
    bindingIds: bindingIdsOf(offer, 'g', 'i7'),
  } as const
  const result = apply(command, undefined, now)
  if (result.kind === 'refused') throw new Error(result.reason)
  ledger.addGrant(result.grant)
  const known = factsToJson({ ...goodFacts(policy), ...facts })
  // As it comes back from the database.
  const kept = JSON.parse(JSON.stringify({ ask, facts: known })) as unknown
  ledger.decisions.push({ grantId: 'g', revision, at: now, facts: kept, documents: texts })
  const answer = await explainGrant(deps, 'g')
  if (answer === undefined) throw new Error('no grant')
  const [first] = answer.revisions
  if (first === undefined) throw new Error('no revision')
  return first
}

describe('a decision', () => {
  it('is decided alike over what was recorded, and shows each step', async () => {
    const { again, rules, documents } = await explained()
    expect(again).toMatchObject({ kind: 'same', refusals: [] })
    expect(documents).toEqual([
      { blob: 'b1', text: organizationText, where: 'acme/access:policy.yml', commit: 'c1' },
    ])
    expect(rules.map(({ rule, holds }) => [rule.name, holds])).toEqual([['see the logs', true]])
    expect(rules[0]?.steps.every(({ holds }) => holds)).toBe(true)
  })

  it('is decided alike over both documents', async () => {
    const texts = [
      { blob: 'b1', text: organizationText },
      { blob: 'b2', text: repositoryText },
    ]
    const policy = policyOf(organizationText, repositoryText)
    const { again, rules } = await explained({ texts, policy, role: 'db-read' })
    expect(again.kind).toBe('same')
    expect(rules.map(({ rule }) => rule.name)).toEqual(['our own'])
  })

  it('tells when it would not be offered any more, and why', async () => {
    const { again, rules } = await explained({
      facts: {
        freezes: [
          { id: 'f', scope: { kind: 'all' }, by: { kind: 'hallpass' }, at: now, because: 'x' },
        ],
      },
    })
    expect(again).toMatchObject({ kind: 'differs', refusals: [{ code: 'frozen' }] })
    expect(rules[0]?.holds).toBe(false)
  })

  it('tells when another offer is made', async () => {
    const texts = [{ blob: 'b1', text: organizationText.replace('for: 1h', 'for: 30m') }]
    expect((await explained({ texts })).again).toMatchObject({
      kind: 'differs',
      why: expect.stringContaining('another offer'),
      refusals: [],
    })
  })

  it('is what both documents gave while a widening was held back', async () => {
    const wider = organizationText.replace(
      'eligible: [team:backend, user:77]',
      'eligible: [team:backend, user:77, user:2]',
    )
    const narrow = organizationText.replace(
      'eligible: [team:backend, user:77]',
      'eligible: [user:77]',
    )
    const held = [
      { blob: 'b2', text: wider },
      { blob: 'b1', text: narrow },
    ]
    expect((await explained({ texts: held })).again).toMatchObject({
      kind: 'differs',
      refusals: [{ code: 'not-eligible' }],
    })
  })

  it('of an extension does not look at what an extension leaves out', async () => {
    const late = { now: now + 3_600_000 }
    expect((await explained({ facts: late })).again.kind).toBe('differs')
    expect((await explained({ facts: late, revision: 2 })).again.kind).toBe('same')
  })

  it.each([
    ['no text', [], 'No policy was recorded'],
    [
      'a text of another version',
      [{ blob: 'b1', text: 'version: 9' }],
      'does not understand acme/access:policy.yml',
    ],
    [
      'rules for another catalog',
      [
        { blob: 'b1', text: organizationText },
        { blob: 'b2', text: repositoryText.replace('db-read', 'no-such') },
      ],
      'do not fit together',
    ],
  ])('with %s is shown, and not decided again', async (_name, texts, why) => {
    const { again, rules, decidedOn } = await explained({ texts })
    expect(again).toMatchObject({ kind: 'unknown', why: expect.stringContaining(why) })
    expect(rules).toEqual([])
    expect(decidedOn.ask.trigger).toBe('review_requested')
  })

  it('of no grant is none', async () => {
    expect(await explainGrant(fakeDeps().deps, 'nobody')).toBeUndefined()
  })
})
