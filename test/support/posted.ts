// What anybody can send to the ingress.
import { createHmac, randomUUID } from 'node:crypto'
import { webhookSecret } from '../../sandbox/scene.ts'
import type { Journey } from './journey.ts'

export interface Posted {
  readonly event: string
  readonly body: string | Uint8Array
  readonly id?: string
  /** The App's unless given. */
  readonly secret?: string
  readonly contentType?: string
}

/** Signed and headed as GitHub does it, unless told otherwise. Returns the status. */
export async function post({ hallpass, github }: Journey, posted: Posted): Promise<number> {
  const { event, body, id = randomUUID(), secret = webhookSecret } = posted
  const signature = createHmac('sha256', secret).update(body).digest('hex')
  const response = await fetch(`${hallpass.url}/api/github/webhooks`, {
    method: 'POST',
    headers: {
      'content-type': posted.contentType ?? 'application/json',
      'x-github-delivery': id,
      'x-github-event': event,
      'x-github-hook-installation-target-id': String(github.appId),
      'x-github-hook-installation-target-type': 'integration',
      'x-hub-signature-256': `sha256=${signature}`,
    },
    body,
  })
  await response.arrayBuffer()
  return response.status
}
