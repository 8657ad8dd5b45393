// Review requests as GitHub sends them: its own recorded one, 25 kB, with a number and a title of its own each.
import { createHmac, randomUUID } from 'node:crypto'
import { createRequire } from 'node:module'
import { appId, account, installation, secret } from './installed.ts'

interface Recorded {
  readonly action: string
  readonly repository: { readonly owner: object }
  readonly pull_request: object
}
const definitions = createRequire(import.meta.url)('@octokit/webhooks-examples') as readonly {
  readonly name: string
  readonly examples: readonly Recorded[]
}[]

export interface SignedDelivery {
  readonly body: Buffer
  readonly headers: Readonly<Record<string, string>>
}

/** What differs is put in as text: to build each anew from an object would take the generator's time. */
export function deliveries(): () => SignedDelivery {
  const [before = '', between = '', after = ''] =
    JSON.stringify(template()).split(/"%(?:number|title)%"/)
  let number = 0
  return () => {
    number += 1
    return signed(Buffer.from(`${before}${number}${between}"Change ${randomUUID()}"${after}`))
  }
}

function template(): object {
  const pulls = definitions.find(({ name }) => name === 'pull_request')?.examples ?? []
  const recorded = pulls.find(({ action }) => action === 'review_requested')
  if (recorded === undefined) throw new Error('There is no recorded review request')
  const { repository, pull_request: pull } = recorded
  return {
    ...recorded,
    installation: { id: installation },
    repository: { ...repository, owner: { ...repository.owner, id: account } },
    pull_request: { ...pull, number: '%number%', title: '%title%' },
  }
}

export const signed = (body: Buffer, id: string = randomUUID()): SignedDelivery => ({
  body,
  headers: {
    'content-type': 'application/json',
    'user-agent': 'GitHub-Hookshot/bench',
    'x-github-delivery': id,
    'x-github-event': 'pull_request',
    'x-github-hook-installation-target-type': 'integration',
    'x-github-hook-installation-target-id': String(appId),
    'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
  },
})
