// The policy of a repository: two documents, read from their pinned places, understood and merged.
import { mergePolicy } from '../domain/policy/merge.ts'
import {
  parseOrganizationPolicy,
  parseRepositoryPolicy,
  type OrganizationPolicy,
  type Parsed,
  type RepositoryPolicy,
} from '../domain/policy/parse.ts'
import type { HeldBack } from '../domain/access-diff/held-back.ts'
import type { RepositoryFacts } from '../domain/policy/types.ts'
import type { Subject } from '../domain/subjects.ts'
import type { Accept } from './accept-policy.ts'
import type { PolicyDocuments, PolicyReader, PolicyReading, PolicyText } from './ports.ts'
import { understand, type Understood } from './understand-document.ts'

/** The organization's document must be there; a repository's need not. A broken one of either makes all of it broken. */
export function createPolicyReader(
  readers: Pick<PolicyDocuments, 'organization' | 'repository'>,
  accept: Accept,
): PolicyReader {
  const parseOrganization = remembering(parseOrganizationPolicy)
  const parseRepository = remembering(parseRepositoryPolicy)
  const readOrganization = async (subject: Subject, repository: RepositoryFacts) => {
    const reading = await readers.organization.read(subject)
    if (reading.kind === 'missing') return reading
    const read = understand(reading, parseOrganization)
    if (read.kind === 'broken') return read
    const acceptance = await accept(read, { subject, repository })
    switch (acceptance.kind) {
      case 'accepted':
        return read
      case 'unknown':
        return { kind: 'broken', document: read.source, problems: acceptance.problems } as const
      case 'held-back': {
        const { narrowed, accepted, heldBack } = acceptance
        const source = { ...read.source, heldBackTo: accepted.blob }
        return { ...read, value: narrowed, source, accepted, heldBack }
      }
      default:
        return acceptance satisfies never
    }
  }
  return {
    async read(subject, repository) {
      // Both at once: somebody waits for access.
      const [organization, own] = await Promise.all([
        readOrganization(subject, repository),
        readers.repository.read(subject, repository),
      ])
      if (organization.kind !== 'understood') return organization
      const rules = own.kind === 'missing' ? undefined : understand(own, parseRepository)
      return rules?.kind === 'broken' ? rules : merged(organization, rules)
    },
    async readCatalog(subject, repository) {
      const organization = await readOrganization(subject, repository)
      return organization.kind === 'understood' ? merged(organization, undefined) : organization
    },
  }
}

const rememberedMax = 50

/** Documents are read live for every decision, and say the same as before nearly always: these contents are parsed once. */
function remembering<Value>(
  parse: (text: string, file: string) => Parsed<Value>,
): (text: string, file: string) => Parsed<Value> {
  const known = new Map<string, Parsed<Value>>()
  return (text, file) => {
    const key = JSON.stringify([file, text])
    const parsed = known.get(key) ?? parse(text, file)
    // The one that was asked for longest ago goes first.
    known.delete(key)
    known.set(key, parsed)
    const [oldest] = known.keys()
    if (known.size > rememberedMax && oldest !== undefined) known.delete(oldest)
    return parsed
  }
}

function merged(
  organization: Understanding<OrganizationPolicy>,
  rules: Understanding<RepositoryPolicy> | undefined,
): PolicyReading {
  const source = { organization: organization.source, repository: rules?.source }
  const result = mergePolicy(organization.value, rules?.value, source)
  if (result.ok) {
    const { accepted, heldBack } = organization
    const documents = [organization.document, accepted, rules?.document].flatMap(
      (each) => each ?? [],
    )
    const { policy } = result
    return { kind: 'policy', policy, documents, ...(heldBack && { heldBack }) }
  }
  const document = rules?.source ?? organization.source
  return { kind: 'broken', document, problems: result.problems }
}

/** Of the organization's, while a widening waits: what was accepted, and what is told of the rest. */
interface Understanding<Value> extends Understood<Value> {
  readonly accepted?: PolicyText
  readonly heldBack?: HeldBack
}
