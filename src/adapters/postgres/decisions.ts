import { sql } from 'kysely'
import type { GrantId } from '../../domain/grants/types.ts'
import type { Instant } from '../../domain/time.ts'
import type { Commit, NewDecision, PolicyText, RecordedDecision } from '../../workflows/ports.ts'
import type { Database, Tx } from './database.ts'
import { plainText } from './json.ts'

/** In the order of their blobs, so that two commits never wait for each other. */
export async function keepTexts(tx: Tx, texts: readonly PolicyText[]): Promise<void> {
  const byBlob = new Map(texts.map(({ blob, text }) => [blob, plainText(text)]))
  if (byBlob.size === 0) return
  const rows = [...byBlob].map(([blob, text]) => ({ blob, text }))
  await tx
    .insertInto('policy_texts')
    .values(rows.toSorted((a, b) => (a.blob < b.blob ? -1 : 1)))
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

export const textsOf = ({ decisions = [], acceptedPolicy }: Commit): readonly PolicyText[] => [
  ...decisions.flatMap(({ documents }) => documents),
  ...(acceptedPolicy === undefined ? [] : [acceptedPolicy]),
]

export async function writeDecisions(
  tx: Tx,
  decisions: readonly NewDecision[],
  at: Instant,
): Promise<void> {
  for (const { grantId, revision, facts, documents } of decisions) {
    const blobs = documents.map(({ blob }) => blob)
    // Lone surrogates and NUL are escaped here, which Postgres takes as text.
    const json = JSON.stringify(facts) ?? 'null'
    await tx
      .insertInto('decisions')
      .values({ grant_id: grantId, revision, at, facts: json, blobs })
      .execute()
  }
}

export async function readDecision(
  db: Database,
  grantId: GrantId,
): Promise<readonly RecordedDecision[]> {
  const { rows } = await sql<Row>`
    select revision, at, facts, (
      select coalesce(jsonb_agg(jsonb_build_object('blob', t.blob, 'text', t.text) order by b.n), '[]')
      from unnest(d.blobs) with ordinality as b (blob, n)
      join hallpass.policy_texts t on t.blob = b.blob
    ) as documents
    from hallpass.decisions d where grant_id = ${grantId} order by sequence`.execute(db)
  return rows.map((row) => ({ ...row, grantId, facts: JSON.parse(row.facts) as unknown }))
}

interface Row {
  readonly revision: number
  readonly at: Instant
  readonly facts: string
  readonly documents: readonly PolicyText[]
}
