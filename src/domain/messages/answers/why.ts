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

function sectionOf({ rule, holds, steps }: ExplainedRule): string {
  const verdict = holds ? 'would give it' : 'would not give it'
  const title = `**The rule ${code(rule.name)}**, when ${actInWords(rule)}: ${verdict}`
  const lines = steps.map(
    (step) => `- ${step.holds ? '✅' : '❌'} ${sentence(step.what)}: ${sentence(step.detail)}`,
  )
  return `${title}\n\n${lines.join('\n')}`
}
