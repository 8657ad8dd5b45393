// `npm run schema`: publishes the policy's JSON Schema, as src/domain/policy defines it, for editors.
import { writeFileSync } from 'node:fs'
import { policyJsonSchema } from '../src/domain/policy/json-schema.ts'

const file = new URL('../docs/policy.schema.json', import.meta.url)
writeFileSync(file, `${JSON.stringify(policyJsonSchema(), null, 2)}\n`)
