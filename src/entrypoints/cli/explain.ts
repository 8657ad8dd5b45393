import type { ExplainedRevision } from '../../workflows/explain-grant.ts'
import type { Operations } from '../../workflows/operations.ts'
import type { Output } from './grants.ts'

/** `hallpass explain <grant>`: what it was decided on, and the steps over it once more. Returns the exit status. */
export async function explain(
  operations: Operations,
  id: string,
  { json }: { readonly json: boolean },
  output: Output,
): Promise<number> {
  const explained = await operations.explain(id)
  if (explained === undefined) {
    const why = `There is no grant ${id}. \`hallpass grants --all\` lists them.`
    output.line(json ? JSON.stringify({ error: why }, null, 2) : why)
    return 1
  }
  if (json) {
    output.line(JSON.stringify(explained, null, 2))
    return 0
  }
  const { grant, because, revisions } = explained
  const { role, recipient, subject, phase } = grant
  output.line(
    `${grant.id}: ${role} for @${recipient.login} (id ${recipient.id}) on ${subject}, ${phase}`,
  )
  output.line(because)
  if (revisions.length === 0) output.line('What it was decided on was not recorded.')
  for (const revision of revisions) for (const line of linesOf(revision)) output.line(line)
  return 0
}

function linesOf({ revision, at, documents, rules, again }: ExplainedRevision): readonly string[] {
  return [
    '',
    `Revision ${revision}, decided at ${at}, under:`,
    ...documents.map(({ where, blob, commit }) => {
      const of = commit === undefined ? '' : `, commit ${commit}`
      return `  ${where} (contents ${blob}${of})`
    }),
    ...rules.flatMap(({ rule, holds, steps, notLookedAt }) => [
      `  The rule "${rule.name}" ${holds ? 'gives it' : 'does not give it'}:`,
      ...steps.map((step) =>
        step.holds ? `    yes  ${step.what}: ${step.detail}` : `    NO   ${step.detail}`,
      ),
      ...notLookedAt.map(({ what }) => `    -    ${what}: not looked at`),
    ]),
    `  ${again.kind === 'same' ? '' : 'CHANGED: '}${again.why}`,
    ...again.refusals.map(({ code, reason }) => `    ${reason} (${code})`),
    '  The texts of the policy and every fact: --json',
  ]
}
