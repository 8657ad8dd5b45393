import type { LeastStanding } from './least-standing.ts'
import { definitions } from './registry.ts'

/** The verbs as a table in Markdown: in README and in the answer to `/access help`. */
export function commandTable(): string {
  const rows = definitions.map(({ usage, summary, atLeast, who }) =>
    row([`\`${usage}\``, summary, who, leastInWords(atLeast)]),
  )
  return [
    row(['command', 'what it does', 'who may', 'least role']),
    row(['-', '-', '-', '-']),
    ...rows,
  ].join('\n')
}

function leastInWords({ role, rolePublic, title }: LeastStanding): string {
  const onPublic = rolePublic === role ? '' : ` (public repositories: ${rolePublic})`
  return `${role}${onPublic}${title === undefined ? '' : `, or ${title}`}`
}

const row = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
