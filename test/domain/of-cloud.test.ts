import { expect, test } from 'vitest'
import { CloudError } from '../../src/domain/errors.ts'
import { ofCloud } from '../../src/domain/lanes/of-cloud.ts'
import type { Place } from '../../src/domain/lanes/places.ts'

const place = (cloud: 'gcp' | 'azure'): Place =>
  cloud === 'gcp' ? { cloud, resource: 'projects/shop' } : { cloud, scope: '/subscriptions/s' }
const ours = ofCloud('gcp')

test("an adapter takes its own cloud's", () => {
  expect(ours(place('gcp')).resource).toBe('projects/shop')
})

test("an adapter takes nothing of another cloud's, for good", () => {
  expect(() => ours(place('azure'))).toThrow(
    new CloudError('invalid', 'Google Cloud: this is for azure'),
  )
})
