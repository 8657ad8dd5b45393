// The policy of a repository: two documents, read from their pinned places, understood and merged.
import { mergePolicy } from '../domain/policy/merge.ts'
import {
  parseOrganizationPolicy,
  parseRepositoryPolicy,
  type Parsed,
} from '../domain/policy/parse.ts'
import type { DocumentSource } from '../domain/policy/types.ts'
import type { DocumentReader, DocumentReading, PolicyReader, PolicyReading } from './ports.ts'

/** The organization's document must be there; a repository's need not. A broken one of either makes all of it broken. */
export function createPolicyReader(readers: {
  readonly organization: DocumentReader
  readonly repository: DocumentReader
}): PolicyReader {
  return {
    async read(subject, repository) {
      const catalog = await readers.organization.read(subject, repository)
      if (catalog.kind === 'missing') return catalog
      const organization = understand(catalog, parseOrganizationPolicy)
      if (organization.kind === 'broken') return organization
      const own = await readers.repository.read(subject, repository)
      const rules = own.kind === 'missing' ? undefined : understand(own, parseRepositoryPolicy)
      if (rules?.kind === 'broken') return rules
      const source = { organization: organization.source, repository: rules?.source }
      const merged = mergePolicy(organization.value, rules?.value, source)
      if (merged.ok) return { kind: 'policy', policy: merged.policy }
      const document = rules?.source ?? organization.source
      return { kind: 'broken', document, problems: merged.problems }
    },
  }
}

type Broken = Extract<PolicyReading, { kind: 'broken' }>
type Understood<Value> =
  | { readonly kind: 'understood'; readonly value: Value; readonly source: DocumentSource }
  | Broken

function understand<Value>(
  reading: Exclude<DocumentReading, { kind: 'missing' }>,
  parse: (text: string, file: string) => Parsed<Value>,
): Understood<Value> {
  const { source } = reading
  if (reading.kind === 'unreadable') {
    const problem = { file: source.where, line: 1, column: 1, message: reading.why }
    return { kind: 'broken', document: source, problems: [problem] }
  }
  const parsed = parse(reading.text, source.where)
  return parsed.ok
    ? { kind: 'understood', value: parsed.value, source }
    : { kind: 'broken', document: source, problems: parsed.problems }
}
