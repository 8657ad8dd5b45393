import { toIso, type Instant } from '../time.ts'

/** `2026-11-22 17:00 UTC`, with seconds when there are any. */
export function utc(at: Instant): string {
  const [date = '', time = ''] = toIso(Math.floor(at / 1000) * 1000)
    .replace('Z', '')
    .split('T')
  return `${date} ${time.replace(/:00$/, '')} UTC`
}

/** `2h`, `1h 30m`, `45s`. */
export function duration(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [Math.floor(seconds) % 60, 's'],
  ] as const
  const shown = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count}${unit}`)
  return shown.length === 0 ? '0s' : shown.join(' ')
}
