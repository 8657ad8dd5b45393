// The ingress alone in a process of its own, so that the memory it takes is its own. Answers `memory` with its RSS.
import { startIngress } from '../entrypoints/ingress.server.ts'

const ingress = await startIngress()
process.on('message', () =>
  process.send?.({ rss: process.memoryUsage().rss, accepted: ingress.accepted.length }),
)
process.on('disconnect', () => process.exit(0))
process.send?.({ url: ingress.url })
