// What is understood of one document: all of it, or what is wrong with it.
import type { Parsed } from '../domain/policy/parse.ts'
import type { DocumentSource } from '../domain/policy/types.ts'
import type { DocumentReading, PolicyReading, PolicyText } from './ports.ts'

export interface Understood<Value> {
  readonly kind: 'understood'
  readonly value: Value
  readonly source: DocumentSource
  readonly document: PolicyText
}
export type Broken = Extract<PolicyReading, { kind: 'broken' }>

export function understand<Value>(
  reading: Exclude<DocumentReading, { kind: 'missing' }>,
  parse: (text: string, file: string) => Parsed<Value>,
): Understood<Value> | Broken {
  const { source } = reading
  if (reading.kind === 'unreadable') {
    const problem = { file: source.where, line: 1, column: 1, message: reading.why }
    return { kind: 'broken', document: source, problems: [problem] }
  }
  const parsed = parse(reading.text, source.where)
  if (!parsed.ok) return { kind: 'broken', document: source, problems: parsed.problems }
  const document = { blob: source.blob, text: reading.text }
  return { kind: 'understood', value: parsed.value, source, document }
}
