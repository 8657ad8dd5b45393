// `npm run defences` takes each defence out: its entries have to fit the sources as they are.
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { titleOf, without } from '../defences/defence.ts'
import { defences } from '../defences/defences.ts'

const root = resolve(import.meta.dirname, '../..')
const read = (file: string): string => readFileSync(join(root, file), 'utf8')

test('each entry finds what it takes out, once', () => {
  const faults = defences.flatMap((defence) => {
    try {
      const changed = [...without(defence, read)]
      return changed.some(([file, source]) => source === read(file)) ? [defence.id] : []
    } catch (error) {
      return [String(error)]
    }
  })
  expect(faults).toEqual([])
})

test('each entry names a test that is there', () => {
  const absent = defences.filter(
    ({ test: { file, title } }) => ![title].flat().every((piece) => read(file).includes(piece)),
  )
  expect(absent.map(({ id, test: named }) => `${id}: ${titleOf(named)}`)).toEqual([])
})

test('no two have the same id', () => {
  const ids = defences.map(({ id }) => id)
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
})
