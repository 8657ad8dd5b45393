// Where Prometheus scrapes: a port of its own, so that who sends webhooks reaches nothing of it.
import { Hono } from 'hono'
import type { Meters } from '../../workflows/ports.ts'

export function createMetricsApp({ scrape, contentType }: Pick<Meters, 'scrape' | 'contentType'>) {
  const app = new Hono()
  app.get('/metrics', async (c) => c.body(await scrape(), 200, { 'Content-Type': contentType }))
  app.notFound((c) => c.text('not found: metrics are at /metrics\n', 404))
  return app
}
