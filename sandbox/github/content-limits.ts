// GitHub's secondary limit on what creates content: so many requests a minute and an hour for each installation.
import { ApiError } from './answers.ts'

export interface ContentLimits {
  readonly perMinute: number
  readonly perHour: number
}
export const githubsContentLimits: ContentLimits = { perMinute: 80, perHour: 500 }

const minuteMs = 60_000
const hourMs = 3_600_000
/** Deleting creates nothing. */
const creating = ['POST', 'PUT', 'PATCH']

export class ContentAccounts {
  /** Undefined: nothing is counted. */
  limits: ContentLimits | undefined
  readonly #now: () => number
  readonly #times = new Map<number, number[]>()

  constructor(limits: ContentLimits | undefined, now: () => number) {
    this.limits = limits
    this.#now = now
  }

  /** Counts the request, or refuses it with how long to wait. A refused one does not count. */
  spend(installationId: number, method: string): void {
    if (!this.limits || !creating.includes(method)) return
    const now = this.#now()
    const times = (this.#times.get(installationId) ?? []).filter((at) => at > now - hourMs)
    const waitMs = Math.max(
      waitOf(times, now, minuteMs, this.limits.perMinute),
      waitOf(times, now, hourMs, this.limits.perHour),
    )
    if (waitMs > 0) throw new TooMuchContent(Math.ceil(waitMs / 1000))
    this.#times.set(installationId, [...times, now])
  }
}

/** How long until one more fits into the window, given the times of those before, oldest first. */
function waitOf(times: readonly number[], now: number, windowMs: number, max: number): number {
  const oldest = times.at(-max)
  return oldest === undefined ? 0 : Math.max(oldest + windowMs - now, 0)
}

class TooMuchContent extends ApiError {
  readonly #waitSeconds: number
  constructor(waitSeconds: number) {
    super(
      403,
      'You have exceeded a secondary rate limit and have been temporarily blocked from content creation. Please retry your request again later.',
    )
    this.#waitSeconds = waitSeconds
  }
  override response(): Response {
    const response = super.response()
    response.headers.set('retry-after', String(this.#waitSeconds))
    return response
  }
}
