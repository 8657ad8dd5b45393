import { z } from 'zod'
import { catalogKeys, organizationSchema, repositorySchema } from './schema.ts'

/** JSON Schema (draft 2020-12) of both documents, for editors: a document with a catalog is the organization's. */
export function policyJsonSchema(): Record<string, unknown> {
  const hasCatalog = {
    anyOf: catalogKeys.map((key) => ({ required: [key] })),
  }
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Hallpass policy',
    allOf: [
      { if: hasCatalog, else: { $ref: '#/$defs/repository' } },
      { if: { not: hasCatalog }, else: { $ref: '#/$defs/organization' } },
    ],
    $defs: {
      organization: describe(
        organizationSchema,
        "The organization's policy: catalog, identities and rules.",
      ),
      repository: describe(
        repositorySchema,
        "A repository's rules: .github/hallpass.yml on its default branch.",
      ),
    },
  }
}

function describe(schema: z.ZodType, description: string): Record<string, unknown> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input' })
  return { description, ...rest }
}
