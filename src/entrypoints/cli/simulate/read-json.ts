import { readFileSync } from 'node:fs'
import type { z } from 'zod'

export type Read<Value> =
  | { readonly ok: true; readonly value: Value }
  /** A line for each thing that is wrong, which names the file. */
  | { readonly ok: false; readonly problems: readonly string[] }

/** A JSON file of that shape. */
export function readJson<S extends z.ZodType>(file: string, schema: S): Read<z.output<S>> {
  const parsed = parse(file)
  if (!parsed.ok) return parsed
  const read = schema.safeParse(parsed.value)
  if (read.success) return { ok: true, value: read.data }
  const problems = read.error.issues.map(({ path, message }) =>
    [file, ...(path.length === 0 ? [] : [path.join('.')]), message].join(': '),
  )
  return { ok: false, problems }
}

function parse(file: string): Read<unknown> {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return { ok: true, value }
  } catch (error) {
    const why =
      error instanceof SyntaxError ? `It is no JSON: ${error.message}` : 'It cannot be read.'
    return { ok: false, problems: [`${file}: ${why}`] }
  }
}
