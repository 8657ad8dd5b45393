import type { ExplainedRule } from '../../policy/explain.ts'
import type { Person } from '../../subjects.ts'
import { code, sentence } from '../escape.ts'
import { actInWords } from './takes.ts'

/** The evaluation of each rule that would give the role, step by step. */
export function whyAnswer(person: Person, role: string, rules: readonly ExplainedRule[]): string {
  if (rules.length === 0)
    return `No rule gives ${code(role)} here. \`/access roles\` lists what is offered.`
  const whom = `${code(person.login)} and ${code(role)}`
  return [`What the policy makes of ${whom}:`, ...rules.map(sectionOf)].join('\n\n')
}

/** What fails comes first, by what was found alone; the rest is folded away. */
function sectionOf({ rule, holds, steps, notLookedAt }: ExplainedRule): string {
  const verdict = holds ? 'would give it' : 'would not give it'
  const title = `**The rule ${code(rule.name)}**, when ${actInWords(rule)}: ${verdict}`
  const failed = steps.filter((step) => !step.holds)
  const held = steps.filter((step) => step.holds)
  const folded = [
    ...held.map(({ what, detail }) => `- ✅ ${sentence(what)}: ${sentence(detail)}`),
    ...notLookedAt.map(({ what }) => `- ➖ ${sentence(what)}: not looked at`),
  ]
  const others = notLookedAt.length === 0 ? '' : `, and not looked at: ${notLookedAt.length}`
  return [
    title,
    ...(failed.length === 0
      ? []
      : [failed.map(({ detail }) => `- ❌ ${sentence(detail)}`).join('\n')]),
    `<details><summary>Steps that hold: ${held.length}${others}</summary>\n\n${folded.join('\n')}\n\n</details>`,
  ].join('\n\n')
}
