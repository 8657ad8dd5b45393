// A simulation, for people at a terminal.
import type { Offer } from '../../../domain/grants/types.ts'
import { approvalInWords } from '../../../domain/messages/answers/takes.ts'
import { duration } from '../../../domain/messages/format.ts'
import type { SimulatedAsk } from '../../../workflows/simulate/simulate-ask.ts'
import type { SimulatedCommand } from '../../../workflows/simulate/simulate-command.ts'
import type { SimulatedEnd } from '../../../workflows/simulate/simulate-end.ts'
import type { SimulatedEvent } from './simulate-event.ts'

export function simulatedLines({
  event,
  signal,
  outcome,
  assumed,
}: SimulatedEvent): readonly string[] {
  const { subject, actor } = signal ?? {}
  const where = subject && `${subject.owner}/${subject.repository}#${subject.number}`
  const title = [event, ...(actor === undefined ? [] : [`by @${actor.login} on ${where}`])].join(
    ' ',
  )
  return [
    title,
    ...outcomeLines(outcome),
    ...(assumed.length === 0 ? [] : ['', 'Assumed, for want of facts:', ...listed(assumed)]),
  ]
}

function outcomeLines(outcome: SimulatedEvent['outcome']): readonly string[] {
  switch (outcome.kind) {
    case 'asks':
      return askLines(outcome.asks)
    case 'ends':
      return endLines(outcome.ends)
    case 'commands':
      return outcome.commands.flatMap(commandLines)
    case 'nothing':
    case 'not-handled':
      return ['', `Nothing would happen. ${outcome.why}`]
    case 'delivery-refused':
      return ['', `The delivery would be refused. ${outcome.why}`]
    default:
      return outcome satisfies never
  }
}

function askLines({ offers, refusals, rules }: SimulatedAsk): readonly string[] {
  const told = refusals.map(({ refusal, recipient }) => {
    const whom = recipient === undefined ? '' : ` to @${recipient.login}`
    return `${refusal.role ?? 'access'}${whom}: ${refusal.reason} (${refusal.code})`
  })
  const quiet = rules.filter(({ holds }) => !holds)
  const steps = quiet.map(({ rule, recipient, steps: all }) => {
    const failed = all.filter(({ holds }) => !holds).map(({ detail }) => detail)
    return `${rule.name} (for @${recipient.login}): ${failed.join('; ')}`
  })
  return [
    ...(offers.length === 0 ? ['', 'Nothing would be given.'] : []),
    ...block('It would give:', offers.map(offerLine)),
    ...block('It would refuse:', told),
    ...block('Rules for such an act that do not give, and why:', steps),
  ]
}

function offerLine({
  role,
  recipient,
  rule,
  leaseSeconds,
  approval,
  until,
  because,
  breakGlass,
}: Offer): string {
  const ends = until.length === 0 ? '' : `, until ${until.join(' or ')}`
  const how =
    breakGlass === undefined
      ? approval === 'none'
        ? 'at once'
        : `once approved: ${approvalInWords(approval)}`
      : 'at once, to be reviewed afterwards'
  return `${role} to @${recipient.login} for ${duration(leaseSeconds)}${ends}, ${how}, by the rule "${rule}" (${because})`
}

function endLines(ends: readonly SimulatedEnd[]): readonly string[] {
  if (ends.length === 0) return ['', 'It would end nothing: no rule of this policy ends by it.']
  return block(
    'It would end what was given by:',
    ends.map(({ rule, role, reason, recipient }) => {
      const whose = recipient === null ? '' : ` to @${recipient.login}`
      return `the rule "${rule}" (${role})${whose}: ${reason}`
    }),
  )
}

function commandLines({ said, verb, heard, who, does, asks }: SimulatedCommand): readonly string[] {
  const hears =
    heard === 'yes'
      ? 'it is heard'
      : heard === 'no'
        ? 'it is not heard: a reaction at most'
        : `it is heard only from a ${heard}`
  return [
    ...block(said, [
      hears,
      verb === null ? does : `it ${does}`,
      ...(who === '' ? [] : [`who may: ${who}`]),
    ]),
    ...(asks === null ? [] : askLines(asks)),
  ]
}

const block = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ['', title, ...listed(lines)]
const listed = (lines: readonly string[]): readonly string[] => lines.map((line) => `  - ${line}`)
