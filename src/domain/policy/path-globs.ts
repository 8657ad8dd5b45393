// Globs over changed paths that name what they cover: `services/{service}/**` says which service a path belongs to.
import { globMatcher, globProblem, type Steps } from './globs.ts'

/** What a parameter is called, wherever `{name}` stands for it. */
export const parameterNamePattern = /^[a-z][a-z0-9_-]{0,31}$/
const placeholderPattern = /\{([a-z][a-z0-9_-]{0,31})\}/g

/** The names in `{name}` of a glob, a path or a binding's resource, in order, each once. */
export const parametersOf = (text: string): readonly string[] => [
  ...new Set([...text.matchAll(placeholderPattern)].map(([, name = '']) => name)),
]

/** As `globProblem`, for a glob that may hold `{name}`. */
export function pathGlobProblem(glob: string): string | undefined {
  const segments = glob.split('/')
  const last = segments.findLastIndex(isTemplate)
  if (last === -1) return globProblem(glob)
  const names = [...glob.matchAll(placeholderPattern)].map(([, name]) => name)
  if (new Set(names).size < names.length) return 'write each `{name}` once'
  if (!segments.every((segment) => !isTemplate(segment) || templateOf(segment) !== undefined))
    return 'write `{name}` alone between slashes, or beside plain characters: `{name}.tf`'
  // NB: a path's author could otherwise choose which of its parts is the value.
  if (segments.slice(0, last).includes('**')) return 'write `**` after `{name}`, not before it'
  return globProblem(plainOf(glob))
}

/** What the `{name}`s of a glob stand for in a path, unchecked; undefined when the glob does not cover it. */
export type Capturer = (path: string, steps: Steps) => Readonly<Record<string, string>> | undefined

/** For many paths: a glob without `{name}` yields `{}` for what it covers, one that is refused covers nothing. */
export function capturer(glob: string): Capturer {
  if (pathGlobProblem(glob) !== undefined) return () => undefined
  const covers = globMatcher([plainOf(glob)])
  const templates = glob.split('/').map(templateOf)
  return (path, steps) => (covers(path, steps) ? valuesOf(templates, path.split('/')) : undefined)
}

/** As `capturer`, for one path. */
export const captures = (glob: string, path: string, steps: Steps): ReturnType<Capturer> =>
  capturer(glob)(path, steps)

interface Template {
  readonly name: string
  readonly before: string
  readonly after: string
}

const isTemplate = (segment: string): boolean => parametersOf(segment).length > 0
const plainOf = (glob: string): string => glob.replaceAll(placeholderPattern, '*')

function templateOf(segment: string): Template | undefined {
  const [, before, name, after] = /^([^*?[\]{}]*)\{([^{}]*)\}([^*?[\]{}]*)$/.exec(segment) ?? []
  if (before === undefined || name === undefined || after === undefined) return undefined
  return parameterNamePattern.test(name) ? { name, before, after } : undefined
}

/** Without `**` before it, a template and its part have the same place. A value is one character at least. */
function valuesOf(
  templates: readonly (Template | undefined)[],
  parts: readonly string[],
): Readonly<Record<string, string>> | undefined {
  const values: Record<string, string> = {}
  for (const [index, template] of templates.entries()) {
    if (template === undefined) continue
    const part = parts[index] ?? ''
    const value = part.slice(template.before.length, part.length - template.after.length)
    if (value === '') return undefined
    values[template.name] = value
  }
  return values
}
