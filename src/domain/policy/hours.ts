// Time windows by the wall clock of a zone.
import type { Instant } from '../time.ts'
import type { Hours } from './types.ts'

const dayMinutes = 24 * 60
const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

interface WallClock {
  /** 1 is Monday. */
  readonly day: number
  /** After midnight. */
  readonly minutes: number
}

/** A window that runs past midnight belongs to the day on which it began. An unknown zone has no hours. */
export function isWithin({ zone, days, from, until }: Hours, at: Instant): boolean {
  const clock = wallClock(zone, at)
  if (clock === undefined) return false
  const { day, minutes } = clock
  if (from <= until) return days.includes(day) && from <= minutes && minutes < until
  const before = day === 1 ? 7 : day - 1
  return (days.includes(day) && minutes >= from) || (days.includes(before) && minutes < until)
}

function wallClock(zone: string, at: Instant): WallClock | undefined {
  const parts = partsOf(zone, at)
  if (parts === undefined) return undefined
  const value = (type: Intl.DateTimeFormatPartTypes) =>
    parts.find((part) => part.type === type)?.value ?? ''
  const minutes = Number(value('hour')) * 60 + Number(value('minute'))
  return { day: weekdays.indexOf(value('weekday')) + 1, minutes: minutes % dayMinutes }
}

function partsOf(zone: string, at: Instant): Intl.DateTimeFormatPart[] | undefined {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    }).formatToParts(at)
  } catch (error) {
    // A zone that is not known here, or an instant that is none.
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** `09:00–18:00 Europe/Berlin`. */
export const describeHours = ({ zone, from, until }: Hours): string =>
  `${clockText(from)}–${clockText(until)} ${zone}`

const clockText = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
