/** What is taken out of a source, and what stands there instead. */
interface Cut {
  /** From the repository's root. */
  readonly file: string
  /** Stands exactly once in the file. */
  readonly cut: string
  readonly put: string
}

/** One defence, how it is taken out, and the test that must then fail. */
export interface Defence extends Cut {
  readonly id: string
  /** What it defends against, as a sentence that is true while it is there. */
  readonly what: string
  /** What goes with it, where one defence stands behind another. */
  readonly and?: readonly Cut[]
  readonly test: {
    readonly file: string
    /** A part of its full title, as vitest shows it; in pieces where the file does not spell it in one. */
    readonly title: string | readonly string[]
  }
}

/** Each file that holds a part of the defence, without it. Throws where a part does not stand there once. */
export function without(
  { id, and = [], ...first }: Defence,
  read: (file: string) => string,
): ReadonlyMap<string, string> {
  const sources = new Map<string, string>()
  for (const { file, cut, put } of [first, ...and]) {
    const [before, after, ...more] = (sources.get(file) ?? read(file)).split(cut)
    if (before === undefined || after === undefined || more.length > 0)
      throw new Error(`${id}: what is to be taken out does not stand once in ${file}`)
    sources.set(file, `${before}${put}${after}`)
  }
  return sources
}

export const titleOf = ({ title }: Defence['test']): string =>
  typeof title === 'string' ? title : title.join(' ')
