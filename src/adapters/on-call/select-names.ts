import { OnCallDown } from './on-call-down.ts'

const namesMax = 100

/** Member names joined by dots, and `*` for every entry of a list. All of it must be there; names are text or whole numbers. */
export function selectNames(answer: unknown, select: string): readonly string[] {
  const found = select.split('.').reduce<readonly unknown[]>(step, [answer])
  if (found.length > namesMax) throw new OnCallDown('it names too many')
  return found.map(nameOf)
}

function step(values: readonly unknown[], member: string): readonly unknown[] {
  return values.flatMap((value): readonly unknown[] => {
    if (member === '*') {
      if (Array.isArray(value)) return value
    } else if (isRecord(value) && Object.hasOwn(value, member)) {
      return [value[member]]
    }
    throw new OnCallDown('its answer lacks what the policy selects')
  })
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function nameOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (Number.isSafeInteger(value)) return String(value)
  throw new OnCallDown('its answer holds something that is no name')
}
