// The condition that makes a binding ours and ends it, in CEL as Google documents it for IAM Conditions.
import type { Binding, GcpConditionalBinding } from '../../domain/lanes/types.ts'
import { floorToSecond, toIso, type Instant } from '../../domain/time.ts'

export interface Condition {
  readonly title: string
  readonly description: string
  readonly expression: string
}

/** NB: what it is narrowed to comes from a policy: nothing of it may end the string that it stands in. */
function quoted(text: string): string {
  const escaped = text.replaceAll(/["\\]/g, (character) => `\\${character}`)
  return `"${escaped.replaceAll(/\p{Cc}/gu, escapeOf)}"`
}

const escapeOf = (character: string): string =>
  `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`

const narrowedTo = (only: string): string =>
  only.endsWith('*')
    ? `resource.name.startsWith(${quoted(only.slice(0, -1))})`
    : `resource.name == ${quoted(only)}`

/** Inclusive start, exclusive end, in whole seconds: both rounded down, so that nothing lasts longer than it should. */
function expressionOf(binding: Binding, { only }: GcpConditionalBinding): string {
  const [start, end] = [binding.startsAt, binding.endsAt].map((at) => toIso(floorToSecond(at)))
  const window = `request.time >= timestamp("${start}") && request.time < timestamp("${end}")`
  return only === undefined ? window : `${window} && ${narrowedTo(only)}`
}

export const conditionOf = (binding: Binding, role: GcpConditionalBinding): Condition => ({
  title: binding.name,
  description: `Given by Hallpass until ${toIso(floorToSecond(binding.endsAt))}`,
  expression: expressionOf(binding, role),
})

/** What marks all that this instance of Hallpass made. */
export const markOf = (instance: string): string => `hallpass-${instance}-`

const form =
  /^request\.time >= timestamp\("([^"]+)"\) && request\.time < timestamp\("([^"]+)"\)(?: && resource\.name(?: == |\.startsWith\()"(?:[^"\\]|\\.)*"\)?)?$/

/** Until when an expression of our own form allows anything. Undefined for any other form. */
export function endOf(expression: string): Instant | undefined {
  const end = Date.parse(form.exec(expression)?.[2] ?? '')
  return Number.isNaN(end) ? undefined : end
}

/** A deadline that stands by itself among what must all hold: nothing is made of it but that. */
const deadline =
  /(?:^|&&)[\s(]*request\.time\s*<=?\s*timestamp\(\s*["']([^"']+)["']\s*\)[\s)]*(?=&&|$)/g

/**
 * Whether an expression by anybody can never be true again: several conditions that must all hold, of which one is a
 * deadline that has passed. Whatever is written otherwise may still be true.
 */
export function isOver(expression: string, now: Instant): boolean {
  if (/\|\||[!?[]|\bfalse\b/.test(expression)) return false
  return [...expression.matchAll(deadline)].some(([, end = '']) => Date.parse(end) < now)
}
