// Anything changed in a JSON text: some of what comes out no value could hold.
import * as fc from 'fast-check'

export const planted = 'ghs_plantedplantedplantedplanted'

const texts = fc.oneof(
  fc.constantFrom('null', '""', '-1', '1.5', '1e400', '-0', '9007199254740993', '[]', '{}', 'true'),
  fc.constantFrom('"\\ud800"', '"\\u0000"', '"\\u202e"', '{"__proto__":{"id":1}}', '[[[[1]]]]'),
  fc.constantFrom('['.repeat(150) + ']'.repeat(150), `"${'a'.repeat(70_000)}"`, `"${planted}"`),
  fc.constantFrom('{"constructor":{"prototype":{"id":1}}}', '{"id":"1"}', '{"id":1,"id":2}'),
  fc.json({ maxDepth: 3 }),
)
const key = fc.constantFrom('id', 'number', 'action', '__proto__', 'login', 'type', 'body', 'state')

export type Change =
  | { readonly at: number; readonly put: string }
  | { readonly at: number; readonly field: string; readonly put: string }
  | { readonly at: number; readonly cut: number }

const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ at: fc.nat(), put: texts }) },
  { weight: 2, arbitrary: fc.record({ at: fc.nat(), field: key, put: texts }) },
  { weight: 1, arbitrary: fc.record({ at: fc.nat(), cut: fc.integer({ min: 1, max: 40 }) }) },
)
export const changes = fc.array(change, { minLength: 1, maxLength: 3 })

/** In the text: a value replaced, a field written once more, or some characters left out. */
export function changed(body: string, how: Change): string {
  const places = [
    ...body.matchAll(
      'cut' in how ? /./g : 'field' in how ? /\{/g : /:("[^"]*"|\d+|true|false|null)/g,
    ),
  ]
  const place = places[how.at % Math.max(1, places.length)]
  if (place === undefined) return body
  const [found] = place
  const [before, after] = [body.slice(0, place.index), body.slice(place.index + found.length)]
  if ('cut' in how) return before + after.slice(how.cut)
  if (!('field' in how)) return `${before}:${how.put}${after}`
  return `${before}{"${how.field}":${how.put}${after.trimStart().startsWith('}') ? '' : ','}${after}`
}

/** What it answers, or the fault that it throws. */
export function outcome(translate: (body: unknown) => unknown, body: unknown): unknown {
  try {
    return translate(body)
  } catch (fault) {
    return fault
  }
}
