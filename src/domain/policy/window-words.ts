// Time windows as documents write them.
const dayNames = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
const day = `(?:${dayNames.join('|')})`

/** `mon`, or `mon-fri`: past Sunday it goes on with Monday. */
export const daysPattern = new RegExp(`^${day}(?:-${day})?$`)

/** 1 is Monday. Ascending, each once. The texts must match `daysPattern`. */
export function parseDays(texts: readonly string[]): readonly number[] {
  const days = texts.flatMap((text) => {
    const [first = '', last = first] = text.split('-')
    const [from, until] = [dayNames.indexOf(first), dayNames.indexOf(last)]
    const length = ((until - from + 7) % 7) + 1
    return Array.from({ length }, (_, index) => ((from + index) % 7) + 1)
  })
  return [...new Set(days)].toSorted((a, b) => a - b)
}

export const everyDay: readonly number[] = parseDays(['mon-sun'])

export const timeOfDayPattern = /^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/

/** Minutes after midnight. The text must match `timeOfDayPattern`. */
export function parseTimeOfDay(text: string): number {
  const [hours = '', minutes = ''] = text.split(':')
  return Number(hours) * 60 + Number(minutes)
}

/** Whether this is an IANA time zone's name. Offsets are none: they do not know summer. */
export function isZone(text: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(text)) return false
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
