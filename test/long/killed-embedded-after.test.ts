import { embeddedStore } from '../support/child-store.ts'
import { killsAtEveryCall } from './killed.ts'

await killsAtEveryCall({ name: 'embedded', open: embeddedStore, phases: ['after'] })
