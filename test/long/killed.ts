// The suite of kills, for one store and a choice of the calls.
import { afterAll, describe, expect, test } from 'vitest'
import type { ChildStore } from '../support/child-store.ts'
import { expectSoundLog, openLineage, recordCalls, stop, strike, type Lineage } from './strike.ts'
import type { Phase } from './stage.ts'

export interface KillsOptions {
  readonly name: string
  readonly open: () => Promise<ChildStore>
  /** Which of the cases, counted from 0, are run here. */
  readonly chosen?: (index: number) => boolean
  readonly phases?: readonly Phase[]
}

/** Each call is struck in one of its phases; in both where `TEST_EVERY_KILL` is set. The drill kills anywhere. */
export const everyOther = (offset: number) => (index: number) =>
  process.env['TEST_EVERY_KILL'] !== undefined || index % 2 === offset

const missedMax = 3

/** Records the calls first, so that the cases are those of today's job. */
export async function killsAtEveryCall(options: KillsOptions): Promise<void> {
  const { name, open, chosen = () => true, phases = ['before', 'after'] } = options
  let lineage: Lineage = await openLineage(await open())
  const calls = await recordCalls(lineage)
  const cases = calls
    .flatMap((key) => phases.map((phase) => [phase, key] as const))
    .filter((_, index) => chosen(index))
  const resumptions: number[] = []
  const missed: string[] = []

  describe(`killed on ${name}`, () => {
    afterAll(async () => {
      await lineage.stage.close()
      resumptions.sort((a, b) => a - b)
      const shown = [0.5, 0.9, 1].map(
        (part) => resumptions[Math.ceil(resumptions.length * part) - 1],
      )
      tell(
        `${name}: resumed after ${shown.map((ms) => Math.round(ms ?? 0)).join(' / ')} ms (half, 9 of 10, all)`,
      )
    })

    test('the job has the calls that matter', () => {
      for (const call of [
        'PutUserPolicy 1',
        'DeleteUserPolicy 1',
        'issues/:issue_number/comments 1',
      ])
        expect(calls.filter((key) => key.endsWith(call))).not.toEqual([])
      expect(calls.length).toBeGreaterThan(40)
    })

    test.each(cases)('%s %s', async (phase, key) => {
      try {
        const resumedMs = await strike(lineage, key, phase)
        if (resumedMs === undefined) {
          missed.push(`${phase} ${key}`)
          return
        }
        resumptions.push(resumedMs)
        tell(
          `${name}: ${resumptions.length}/${cases.length} ${phase} ${key}: resumed after ${Math.round(resumedMs)} ms`,
        )
      } catch (error) {
        await tellOf(lineage)
        // What is left of this one must not fail the next.
        await lineage.stage.close()
        lineage = await openLineage(await open())
        throw error
      }
    })

    test('hardly a call did not come', () => {
      for (const one of missed) tell(`${name}: ${one} did not come`)
      expect(missed.length).toBeLessThanOrEqual(missedMax)
      expect(missed.filter((one) => one.includes(' aws '))).toEqual([])
    })

    test('the log holds together', async () => {
      await stop(lineage)
      await expectSoundLog(lineage.stage)
    })
  })
}

const tell = (line: string) => void process.stdout.write(`${line}\n`)

async function tellOf({ boot, stage }: Lineage): Promise<void> {
  for (const line of boot.child.lines) tell(JSON.stringify(line))
  for (const line of boot.child.errors) tell(line)
  for (const { call } of stage.arrivals.slice(-40))
    tell(
      `${new Date(call.at).toISOString()} ${call.service} ${call.operation} ${call.status ?? ''}`,
    )
}
