// Secrets are planted wherever a failure could quote them: nothing that Hallpass says, keeps or posts holds one.
import { Pool } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { GcpFault } from '../../sandbox/gcp/fault.ts'
import { planted } from '../support/planted.ts'
import { post } from '../support/posted.ts'
import { comment, countOf, ended, line, nthLine, openPull } from '../support/seen.ts'
import {
  beginEverywhere,
  givenEverywhere,
  lanesOf,
  somebody,
  type Everywhere,
} from '../support/three-clouds.ts'
import { turnedClock } from '../support/turned-clock.ts'

const clock = turnedClock()
const minute = 60_000
let on: Everywhere
beforeAll(async () => {
  on = await beginEverywhere({ clock, timing: { cloudCallMs: 2_000 } })
})
afterAll(() => on.end())

const said = `quoted: ${Object.values(planted).join(' and ')}`
const xml = said.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

/** Every service fails, and quotes all that it was asked with and more. */
function leak(): () => void {
  const awsBody = `<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>ServiceUnavailable</Code><Message>${xml}</Message></Error><RequestId>x</RequestId></ErrorResponse>`
  const off = [
    on.aws.intercept(
      () => new Response(awsBody, { status: 503, headers: { 'content-type': 'text/xml' } }),
    ),
    on.clouds.azure.intercept(() =>
      Response.json({ error: { code: 'ServiceUnavailable', message: said } }, { status: 503 }),
    ),
    on.clouds.gcp.intercept(async () => new GcpFault('UNAVAILABLE', said)),
  ]
  return () => off.forEach((each) => each())
}

test('none of them is in logs, comments, checks, the ledger or answers', async () => {
  const octocat = somebody(on, 'octocat')
  const { github } = on
  const answers: string[] = []

  // GitHub's own errors, at a request that is decided and at a report that is written.
  const pull = openPull(on)
  const grant = await givenEverywhere(on, pull, octocat)
  const offGitHub = github.intercept((_call, phase) =>
    phase === 'before' ? Response.json({ message: said }, { status: 500 }) : undefined,
  )
  const offClouds = leak()
  github.submitReview(pull, octocat.person, 'approved')
  await line(on, 'grant.ending', { grant })
  github.requestReview(openPull(on), on.people.alice, on.people.mona)
  await line(on, 'delivery.failed')
  await line(on, 'report.failed')
  for (const lane of Object.values(lanesOf(octocat)))
    for (let n = 1; n <= 3; n += 1) {
      await nthLine(on, n, 'lane.failed', { lane })
      clock.turn(2 * minute)
    }
  await line(on, 'grant.stuck', { grant })
  offGitHub()
  // Who reads the pull request is told why it is stuck.
  clock.turn(2 * minute)
  await comment(on, pull, /\*\*Stuck since/)
  offClouds()
  clock.turn(2 * minute)
  await nthLine(on, 3, 'grant.binding-gone', { grant })
  clock.turn(61 * minute)
  await ended(on, grant)

  // What strangers post, and what a delivery that is signed says.
  const event = 'pull_request'
  for (const body of [said, JSON.stringify({ action: said, token: said })]) {
    await post(on, { event, body })
    await post(on, { event, body, secret: 'a-guess-of-a-secret' })
  }
  for (const path of ['/', '/readyz', `/${encodeURIComponent(planted.googleToken)}`])
    answers.push(await (await fetch(on.hallpass.url + path)).text())

  const emitted = {
    log: on.hallpass.written.join(''),
    comments: JSON.stringify(github.comments(pull)),
    checks: JSON.stringify(github.checks(pull.pull.headSha)),
    events: JSON.stringify(await on.hallpass.composition.deps.ledger.log(0, 10_000)),
    rows: await rowsOf(on),
    answers: answers.join('\n'),
  }
  expect(countOf(on, 'lane.failed')).toBeGreaterThan(5)
  for (const [where, text] of Object.entries(emitted))
    for (const [name, secret] of Object.entries(planted))
      expect(text.includes(coreOf(secret)), `${name} in ${where}`).toBe(false)
})

/** Of what is shown of it: half of a secret is one too. */
const coreOf = (secret: string): string => secret.replace(/^.*?:\/\/[^:]*:/s, '').slice(12, 32)

/** Every table of the ledger, whole; where it is a server that can be asked. */
async function rowsOf({ hallpass }: Everywhere): Promise<string> {
  const { store } = hallpass.composition.config
  if (store.kind !== 'postgres') return ''
  const pool = new Pool({ connectionString: store.databaseUrl })
  try {
    const { rows } = await pool.query<{ name: string }>(
      `select table_name as name from information_schema.tables where table_schema = 'hallpass'`,
    )
    const texts = await Promise.all(
      rows
        // What GitHub sent is kept as it came, for as long as it is worked on.
        .filter(({ name }) => name !== 'deliveries')
        .map(({ name }) =>
          pool.query(`select row_to_json(t)::text as row from hallpass.${name} t`),
        ),
    )
    const failures = await pool.query('select last_error from hallpass.deliveries')
    return JSON.stringify([...texts.map(({ rows: each }) => each as unknown[]), failures.rows])
  } finally {
    await pool.end()
  }
}
