import { serverStore, serverStores } from '../support/child-store.ts'
import { killsAtEveryCall } from './killed.ts'

// A fixed part of the cases each, other ones on each store: the ledger is the same code as the embedded one's.
for (const [offset, kind] of serverStores().entries())
  await killsAtEveryCall({
    name: kind.name,
    open: () => serverStore(kind),
    chosen: (index) => index % 7 === offset,
  })
