// The operator's guide, the alert rules and the metrics speak of the same things.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { createCounts } from '../../src/adapters/metrics/counts.ts'
import { createLedgerGauges } from '../../src/adapters/metrics/ledger-gauges.ts'
import { createOwnGauges } from '../../src/adapters/metrics/own-gauges.ts'

const root = resolve(import.meta.dirname, '../..')
const read = (file: string) => readFileSync(resolve(root, file), 'utf8')
const guide = read('docs/operating.md')

interface Rule {
  readonly alert: string
  readonly expr: string
  readonly labels: { readonly severity: string }
  readonly annotations: { readonly summary: string; readonly runbook: string }
}
const { groups } = parse(read('deploy/prometheus/alerts.yml')) as {
  groups: readonly { readonly rules: readonly Rule[] }[]
}
const rules = groups.flatMap((group) => group.rules)

/** Each metric that there is, with its labels. */
function registered(): ReadonlyMap<string, readonly string[]> {
  const registry = new Registry()
  createCounts(registry)
  createOwnGauges(registry, '1.2.3')
  const all = [registry, createLedgerGauges().registry].flatMap(
    (each) =>
      each.getMetricsAsArray() as unknown as readonly {
        readonly name: string
        readonly labelNames: readonly string[]
      }[],
  )
  return new Map(all.map(({ name, labelNames }) => [name, labelNames.toSorted()]))
}
const metrics = registered()

/** The metrics of an expression, and the labels that it names. */
function namedIn(expr: string) {
  const names = [...expr.matchAll(/hallpass_\w+/g)].map(([name]) =>
    name.replace(/_(bucket|sum|count)$/, ''),
  )
  const labels = [
    ...[...expr.matchAll(/by \(([^)]*)\)/g)].flatMap((match) => (match[1] ?? '').split(/, */)),
    ...[...expr.matchAll(/(\w+)!?=~?"/g)].map((match) => match[1] ?? ''),
  ]
  return { names, labels: labels.filter((label) => label !== 'le') }
}

test('each alert has a section of the guide that says what it means and what to do, and none is left over', () => {
  const sections = new Map(
    guide.split(/^### /m).flatMap((text) => {
      const [title = '', ...body] = text.split('\n')
      return title.startsWith('Hallpass') ? [[title, body.join('\n')] as const] : []
    }),
  )
  expect(rules.length).toBeGreaterThan(10)
  expect([...sections.keys()].toSorted()).toEqual(rules.map(({ alert }) => alert).toSorted())
  for (const [title, body] of sections) {
    expect(body, title).toContain('**Means:**')
    expect(body, title).toMatch(/^1\. /m)
  }
})

test('each alert leads to its section, and says how urgent it is', () => {
  for (const { alert, annotations, labels } of rules) {
    expect(annotations.runbook).toBe(`docs/operating.md#${alert.toLowerCase()}`)
    expect(annotations.summary, alert).not.toBe('')
    expect(['page', 'ticket'], alert).toContain(labels.severity)
  }
})

test('each rule asks for metrics and labels that there are', () => {
  for (const { alert, expr } of rules) {
    const { names, labels } = namedIn(expr)
    expect(names.length, alert).toBeGreaterThan(0)
    expect([...metrics.keys()], alert).toEqual(expect.arrayContaining(names))
    const known = names.flatMap((name) => metrics.get(name) ?? [])
    expect(known, alert).toEqual(expect.arrayContaining(labels))
  }
})

test("the guide's table has exactly the metrics that there are, with their labels", () => {
  const rows = [...guide.matchAll(/^\| `(hallpass_\w+)` *\|([^|]*)\|/gm)].map(
    ([, name = '', labels = '']) =>
      [name, [...labels.matchAll(/`(\w+)`/g)].map((match) => match[1] ?? '').toSorted()] as const,
  )
  expect(rows.length).toBe(metrics.size)
  expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(metrics))
})

test('every metric that the guide names exists', () => {
  const { names } = namedIn(guide)
  expect(names.filter((name) => !metrics.has(name))).toEqual([])
})
