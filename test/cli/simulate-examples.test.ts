// Every delivery of these events that GitHub's own documentation shows, simulated under one policy.
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, test } from 'vitest'
import { readPolicyFiles } from '../../src/entrypoints/cli/read-policy-files.ts'
import type { FactsFile } from '../../src/entrypoints/cli/simulate/facts-file.ts'
import {
  simulateEvent,
  type EventFile,
  type SimulatedEvent,
} from '../../src/entrypoints/cli/simulate/simulate-event.ts'
import type { SimulatedAsk } from '../../src/workflows/simulate/simulate-ask.ts'
import { alteredTable, exampleTable } from './simulate-examples.table.ts'

const names = [
  'pull_request',
  'pull_request_review',
  'issues',
  'issue_comment',
  'check_run',
] as const

type Payload = EventFile['payload']
interface Definition {
  readonly name: string
  readonly examples: readonly Payload[]
}
const require = createRequire(import.meta.url)
const definitions = require('@octokit/webhooks-examples') as readonly Definition[]

const policyFile = fileURLToPath(new URL('simulate-examples.policy.yml', import.meta.url))
const read = readPolicyFiles(policyFile, undefined)
if (!read.ok) throw new Error(JSON.stringify(read.problems))
const { policy } = read

const run = async (event: EventFile, facts: FactsFile = {}): Promise<string> =>
  inShort(await simulateEvent(event, { policy, facts, at: undefined }))

/** The kind of the outcome, and what stands in it: `gives role to login`, `refuses role: code`, `ends rule: reason`. */
function inShort({ outcome }: SimulatedEvent): string {
  switch (outcome.kind) {
    case 'asks':
      return asked(outcome.asks)
    case 'ends':
      return outcome.ends.length === 0
        ? 'ends nothing'
        : `ends ${outcome.ends.map(({ rule, reason }) => `${rule}: ${reason}`).join(', ')}`
    case 'commands':
      return outcome.commands
        .map(({ verb, heard, asks }) =>
          [`${verb ?? 'mistake'} (heard: ${heard})`, ...(asks === null ? [] : [asked(asks)])].join(
            ' ',
          ),
        )
        .join('; ')
    case 'nothing':
    case 'not-handled':
    case 'delivery-refused':
      return outcome.kind
    default:
      return outcome satisfies never
  }
}

function asked({ offers, refusals }: SimulatedAsk): string {
  const parts = [
    ...offers.map(
      ({ role, recipient, approval }) =>
        `gives ${role} to ${recipient.login}${approval === 'none' ? '' : ' once approved'}`,
    ),
    ...refusals.map(({ refusal }) => `refuses ${refusal.role ?? 'access'}: ${refusal.code}`),
  ]
  return parts.length === 0 ? 'asks for nothing' : parts.join('; ')
}

describe.each(names)('every example of %s', (name) => {
  const examples = definitions.find((definition) => definition.name === name)?.examples ?? []
  const expected = exampleTable[name]

  it('stands in the table', () => {
    expect(expected.map(([action]) => action)).toEqual(examples.map(({ action }) => action))
  })

  test.each(expected.map(([action, outcome], index) => [index, action, outcome] as const))(
    '%i, %s: %s',
    async (index, _action, outcome) => {
      const payload = examples[index]
      if (payload === undefined) throw new Error('there is no such example')
      expect(await run({ name, payload })).toBe(outcome)
    },
  )
})

/** The first example of that action, with members of it replaced. */
function altered(name: string, action: string, more: Record<string, unknown>): EventFile {
  const examples = definitions.find((definition) => definition.name === name)?.examples ?? []
  const like = examples.find((example) => example.action === action)
  if (like === undefined) throw new Error(`no example of ${name}.${action}`)
  return { name, payload: { ...like, ...more } }
}

describe('an example with something else in it', () => {
  test.each(alteredTable)('$what: $outcome', async ({ name, action, more, facts, outcome }) => {
    const event = altered(name, action, {})
    const changed = altered(name, action, more(event.payload))
    expect(await run(changed, facts)).toBe(outcome)
  })
})
