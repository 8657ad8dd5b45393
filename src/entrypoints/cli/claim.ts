import type { Operations } from '../../workflows/operations.ts'
import type { Output } from './grants.ts'
import { typed } from './words.ts'

export interface ClaimOptions {
  readonly asNew?: boolean
  readonly of?: string
  readonly json?: boolean
}

/** `hallpass claim`. Returns the exit status: 0 when the ledger is claimed, 1 when there was nothing to claim. */
export async function claim(
  operations: Pick<Operations, 'claim'>,
  { asNew = false, of, json = false }: ClaimOptions,
  operator: string,
  output: Output,
): Promise<number> {
  if (of !== undefined && !asNew) {
    output.line('--of names the instance that a copy was made of: it goes with --as-new.')
    return 1
  }
  const outcome = await operations.claim({ asNew, of: of ?? null, operator })
  if (json) output.line(JSON.stringify(outcome, null, 2))
  else for (const line of linesOf(outcome, asNew)) output.line(line)
  return outcome.kind === 'claimed' ? 0 : 1
}

function linesOf(
  outcome: Awaited<ReturnType<Operations['claim']>>,
  asNew: boolean,
): readonly string[] {
  const { instance } = outcome
  if (outcome.kind === 'another')
    return [
      `This ledger is instance ${instance}, and not the one that --of names. Nothing was done.`,
    ]
  if (outcome.kind === 'unneeded')
    return asNew
      ? [
          `This ledger, instance ${instance}, is where it was noted to be.`,
          `If it is a copy all the same, and another one goes on as ${instance}: ${typed(`claim --as-new --of ${instance}`)}`,
        ]
      : [`This ledger, instance ${instance}, is claimed already. Nothing was done.`]
  if (asNew)
    return [
      `This ledger is instance ${instance} from now on.${countOf(outcome.ended, 'was left to its original', 'were left to its original')} No cloud and no comment was touched.`,
      'Restart whatever runs on it.',
    ]
  return [
    `This ledger, instance ${instance}, is claimed.${countOf(outcome.ended, 'that nobody had seen to stand was closed', 'that nobody had seen to stand were closed')}`,
    `The next look around in the clouds removes nothing unasked: ${typed('reconcile --dry-run')}`,
  ]
}

const countOf = (count: number, one: string, several: string): string =>
  count === 0
    ? ''
    : ` ${count === 1 ? `One request or grant ${one}` : `${count} requests and grants ${several}`}.`
