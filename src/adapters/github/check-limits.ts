// GitHub's limits on check runs (REST, "Create a check run"): it answers some of them with a 5xx, which would be retried.
import { GitHubError } from '../../domain/errors.ts'
import type { CheckAnnotation, CheckRun } from '../../workflows/ports.ts'

const actionsMax = 3
const annotationsMax = 50
const summaryMax = 65_535
const messageBytesMax = 64 * 1024

/** Throws GitHubError `invalid`, which names what is too much. */
export function checkLimits(check: CheckRun): void {
  const wrong = problemIn(check)
  if (wrong !== undefined)
    throw new GitHubError('invalid', `GitHub: the check ${check.name} has ${wrong}`)
}

function problemIn({ summary, actions, annotations }: CheckRun): string | undefined {
  if (summary.length > summaryMax) return `a summary of more than ${summaryMax} characters`
  if (actions.length > actionsMax) return `more than ${actionsMax} buttons`
  if (annotations.length > annotationsMax) return `more than ${annotationsMax} annotations`
  for (const { identifier, label, description } of actions) {
    if (!isWithin(identifier, 20)) return 'a button whose identifier is empty or too long'
    if (!isWithin(label, 20)) return 'a button whose label is empty or too long'
    if (!isWithin(description, 40)) return 'a button whose description is empty or too long'
  }
  return annotations.every(isSound) ? undefined : 'an annotation that GitHub would not take'
}

const isWithin = (text: string, max: number): boolean => text !== '' && text.length <= max

const isSound = ({ path, startLine, endLine, message }: CheckAnnotation): boolean =>
  path !== '' &&
  Number.isSafeInteger(startLine) &&
  startLine >= 1 &&
  Number.isSafeInteger(endLine) &&
  endLine >= startLine &&
  message !== '' &&
  Buffer.byteLength(message) <= messageBytesMax
