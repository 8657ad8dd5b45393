import { embeddedStore } from '../support/child-store.ts'
import { everyOther, killsAtEveryCall } from './killed.ts'

await killsAtEveryCall({
  name: 'embedded',
  open: embeddedStore,
  phases: ['after'],
  chosen: everyOther(1),
})
