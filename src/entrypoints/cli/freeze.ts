import type { Operations } from '../../workflows/operations.ts'
import type { FreezeAsked, FreezeSummary } from '../../workflows/operator-freeze.ts'
import type { Output } from './grants.ts'
import { table } from './table.ts'
import { typed } from './words.ts'

export interface FreezeOptions {
  readonly person?: string
  readonly role?: string
  readonly repository?: string
  readonly because: string
  readonly json?: true
}

export const becauseLengthMax = 500

/** `hallpass freeze`: the kill switch. Returns the exit status. */
export async function freeze(
  operations: Operations,
  options: FreezeOptions,
  operator: string,
  output: Output,
): Promise<number> {
  const because = options.because.trim()
  const scope = scopeOf(options)
  if (scope === undefined)
    return refuse('Give one of --person, --role and --repository, or none to freeze everything.')
  if (because === '' || because.length > becauseLengthMax)
    return refuse(`--because takes a reason of 1 to ${becauseLengthMax} characters.`)
  const outcome = await operations.freeze({ scope, because, operator })
  if (outcome.kind === 'refused') return refuse(outcome.why)
  if (options.json === true) output.line(JSON.stringify(outcome, null, 2))
  else tell(outcome, output)
  return 0

  function refuse(why: string): number {
    output.line(options.json === true ? JSON.stringify({ kind: 'refused', why }, null, 2) : why)
    return 1
  }
}

function tell(
  {
    freeze: begun,
    ended,
    warning,
  }: { freeze: FreezeSummary; ended: number; warning: string | null },
  output: Output,
): void {
  output.line(`Frozen: ${scopeText(begun.scope)}. Nothing new of it begins.`)
  output.line(
    ended === 0
      ? 'Nothing of it was held or asked for.'
      : `${ended === 1 ? 'One grant or request ends' : `${ended} grants and requests end`}: \`hallpass grants\` shows when that is proven.`,
  )
  if (warning !== null) output.line(warning)
  output.line(`To let it go: ${typed(`unfreeze ${begun.id}`)}`)
}

/** Undefined where more than one is given: a freeze of both would be read as either. */
function scopeOf({ person, role, repository }: FreezeOptions): FreezeAsked['scope'] | undefined {
  const named = Object.entries({ person, role, repository }).flatMap(([kind, name]) =>
    name === undefined ? [] : [{ kind: kind as 'person' | 'role' | 'repository', named: name }],
  )
  if (named.length > 1) return undefined
  return named[0] ?? { kind: 'all' }
}

function scopeText(scope: FreezeSummary['scope']): string {
  switch (scope.kind) {
    case 'all':
      return 'everything'
    case 'person':
      return `person ${scope.personId}`
    case 'role':
      return `role ${scope.role}`
    case 'repository':
      return `repository ${scope.repositoryId}`
    default:
      return scope satisfies never
  }
}

/** `hallpass unfreeze <id>`. Returns the exit status. */
export async function unfreeze(
  operations: Operations,
  id: string,
  options: { json: boolean; operator: string },
  output: Output,
): Promise<number> {
  const outcome = await operations.unfreeze(id, options.operator)
  if (options.json) output.line(JSON.stringify({ id, outcome }, null, 2))
  else
    output.line(
      outcome === 'unfrozen'
        ? `${id} is over. What it ended stays ended.`
        : `There is no freeze ${id} that holds now. \`hallpass freezes\` lists them.`,
    )
  return outcome === 'unfrozen' ? 0 : 1
}

/** `hallpass freezes`: what holds now. */
export async function listFreezes(
  operations: Operations,
  { json }: { json: boolean },
  output: Output,
): Promise<void> {
  const freezes = await operations.freezes()
  if (json) return output.line(JSON.stringify(freezes, null, 2))
  if (freezes.length === 0) return output.line('Nothing is frozen.')
  const rows = freezes.map(({ id, scope, at, by, because }) => [
    id,
    scopeText(scope),
    at,
    by,
    because,
  ])
  output.line(table(['FREEZE', 'OF', 'SINCE', 'BY', 'BECAUSE'], rows))
}
