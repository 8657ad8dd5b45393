/** `90s`, `30m`, `1h`, `1h30m`, `1d`: largest unit first, each at most once. */
export const durationPattern = /^(?=\d)(?:\d{1,3}d)?(?:\d{1,4}h)?(?:\d{1,5}m)?(?:\d{1,6}s)?$/

const unitSeconds = { d: 86_400, h: 3_600, m: 60, s: 1 } as const
type Unit = keyof typeof unitSeconds

/** Seconds. The text must match `durationPattern`. */
export function parseDuration(text: string): number {
  let seconds = 0
  for (const [, count, unit] of text.matchAll(/(\d{1,6})([dhms])/g))
    seconds += Number(count) * unitSeconds[unit as Unit]
  return seconds
}

/** The shortest way to write it: `1h30m`, `0s`. */
export function formatDuration(seconds: number): string {
  const units = Object.entries(unitSeconds)
  let rest = seconds
  let text = ''
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size)
    if (count > 0) text += `${count}${unit}`
    rest -= count * size
  }
  return text === '' ? '0s' : text
}
