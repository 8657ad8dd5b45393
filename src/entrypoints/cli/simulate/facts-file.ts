// What `--facts` may hold. All of it may be left out: examples/facts.json shows every field.
import { z } from 'zod'

const id = z.int().positive()
const text = z.string().min(1)
const who = z.strictObject({ id, login: text })

const person = who.extend({
  type: z.enum(['User', 'Bot', 'Organization', 'Mannequin']).optional(),
  role: z.enum(['none', 'read', 'triage', 'write', 'maintain', 'admin']).optional(),
  teams: z.array(text).optional(),
  saml: z.array(text).optional(),
})

const repository = z
  .strictObject({
    visibility: z.enum(['public', 'private', 'internal']),
    archived: z.boolean(),
    defaultBranch: text,
    property: text,
  })
  .partial()

const subject = z
  .strictObject({
    state: z.enum(['open', 'closed']),
    draft: z.boolean(),
    author: who,
    labels: z.array(text),
    assignees: z.array(who),
    base: text,
    fromFork: z.boolean(),
    requestedReviewers: z.array(who),
    requestedTeams: z.array(z.strictObject({ id, slug: text })),
  })
  .partial()

const freeze = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('all') }),
  z.strictObject({ kind: z.literal('person'), personId: id }),
  z.strictObject({ kind: z.literal('role'), role: text }),
  z.strictObject({ kind: z.literal('repository'), repositoryId: id }),
])

export const factsFile = z
  .strictObject({
    accounts: z.array(id),
    repository,
    subject,
    people: z.array(person),
    changedPaths: z.array(text),
    onBase: z.array(text),
    pushers: z.strictObject({ people: z.array(id), unproven: z.boolean() }),
    freezes: z.array(freeze),
    debtors: z.array(id),
  })
  .partial()

export type FactsFile = z.output<typeof factsFile>
