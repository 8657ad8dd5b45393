import type { ExplainedRule } from '../../policy/explain.ts'
import { code, sentence } from '../escape.ts'
import { duration } from '../format.ts'
import { actInWords, approvalInWords } from './takes.ts'

const rowsMax = 25

/** What could be asked for here, and what it would take. */
export function rolesAnswer(rules: readonly ExplainedRule[]): string {
  if (rules.length === 0) return 'The policy offers nothing here.'
  const rows = rules.slice(0, rowsMax).map(rowOf)
  const more = rules.length > rowsMax ? [`\nAnd ${rules.length - rowsMax} more.`] : []
  return [
    '| role | when | for | approval | you could |',
    '|---|---|---|---|---|',
    ...rows,
    ...more,
  ].join('\n')
}

function rowOf({ rule, holds, takes, steps }: ExplainedRule): string {
  const length = takes === undefined ? '' : duration(takes.leaseSeconds)
  const approval = takes === undefined ? '' : approvalInWords(takes.approval)
  const failed = steps.find((step) => !step.holds)
  const could = holds ? 'yes' : `no: ${sentence(failed?.detail ?? 'it is not offered', 400)}`
  return `| ${code(rule.give)} | ${actInWords(rule)} | ${length} | ${approval} | ${could} |`
}
