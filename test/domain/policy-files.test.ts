import { readFileSync } from 'node:fs'
import { describe, expect, it, test } from 'vitest'
import { formatProblem } from '../../src/domain/policy/format-problem.ts'
import { policyJsonSchema } from '../../src/domain/policy/json-schema.ts'
import { mergePolicy } from '../../src/domain/policy/merge.ts'
import { parseOrganizationPolicy, parseRepositoryPolicy } from '../../src/domain/policy/parse.ts'
import { source } from './policy.world.ts'

const root = new URL('../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')

const problemsIn = (
  result: ReturnType<typeof parseOrganizationPolicy | typeof parseRepositoryPolicy>,
) => (result.ok ? [] : result.problems.map(formatProblem))

describe('the examples', () => {
  test.each(['policy', 'production', 'demo', 'three-clouds'])('%s.yml is a good policy', (name) => {
    const path = `examples/${name}.yml`
    expect(problemsIn(parseOrganizationPolicy(read(path), path))).toEqual([])
  })

  it("of a repository's rules fit the organization's policy", () => {
    const organization = parseOrganizationPolicy(read('examples/policy.yml'), 'policy.yml')
    const repository = parseRepositoryPolicy(read('examples/hallpass.yml'), 'hallpass.yml')
    expect([...problemsIn(organization), ...problemsIn(repository)]).toEqual([])
    if (!organization.ok || !repository.ok) return
    expect(mergePolicy(organization.value, repository.value, source)).toMatchObject({ ok: true })
  })

  it('of production shows each trigger but one, stages, on-call, parameters and breaking the glass', () => {
    const parsed = parseOrganizationPolicy(read('examples/production.yml'), 'production.yml')
    if (!parsed.ok) throw new Error('It does not parse.')
    const { rules, roles, onCall } = parsed.value
    expect(new Set(rules.map(({ when }) => when.trigger))).toEqual(
      new Set(['review_requested', 'requested', 'labeled']),
    )
    expect(rules.filter(({ breakGlass }) => breakGlass).map(({ name }) => name)).toEqual([
      'emergency',
    ])
    expect(roles.get('service-deploy')).toMatchObject({
      parameters: [{ name: 'service' }],
      approval: { stages: [{ count: 1 }, { count: 1 }] },
    })
    expect([...onCall.values()].map(({ kind }) => kind)).toEqual(['list', 'http'])
  })

  test.each(['policy', 'production', 'demo', 'three-clouds', 'hallpass'])(
    '%s.yml names the schema for editors',
    (name) => {
      const path = /^# yaml-language-server: \$schema=(\S+)\n/.exec(
        read(`examples/${name}.yml`),
      )?.[1]
      expect(new URL(path ?? '', new URL('examples/', root)).href).toBe(
        new URL('docs/policy.schema.json', root).href,
      )
    },
  )
})

describe('docs/policy.schema.json', () => {
  it('is what the schema says now', () => {
    const published: unknown = JSON.parse(read('docs/policy.schema.json'))
    expect(published, 'It is stale: regenerate it with `npm run schema`.').toEqual(
      policyJsonSchema(),
    )
  })
})
