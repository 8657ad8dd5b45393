// What GitHub remembers of its deliveries to the App, for three days at least.
import type { Attempt } from '../../domain/deliveries/judge-attempts.ts'
import type { Instant } from '../../domain/time.ts'
import type { Client } from './client.ts'

/** 30,000 attempts: what is older is asked for no more. */
const pagesMax = 300

export async function readAttempts(
  client: Client,
  since: Instant,
): Promise<{ attempts: readonly Attempt[]; cut: boolean }> {
  return client.asApp('list the deliveries to the App', async (octokit) => {
    const attempts: Attempt[] = []
    let pages = 0
    const list = octokit.rest.apps.listWebhookDeliveries
    for await (const { data } of octokit.paginate.iterator(list, { per_page: 100 })) {
      const page = data.map(attemptOf)
      attempts.push(...page.filter(({ at }) => at >= since))
      if (page.some(({ at }) => at < since)) return { attempts, cut: false }
      pages += 1
      if (pages === pagesMax) return { attempts, cut: true }
    }
    return { attempts, cut: false }
  })
}

type Item = Readonly<
  Record<'guid' | 'delivered_at' | 'event', string> & {
    id: number | bigint
    redelivery: boolean
    status_code: number
    action: string | null
    installation_id: number | bigint | null
    repository_id: number | bigint | null
  }
>

const attemptOf = (item: Item): Attempt => ({
  id: String(item.id),
  guid: item.guid.toLowerCase(),
  at: Date.parse(item.delivered_at),
  answered: item.status_code >= 200 && item.status_code < 300,
  event: item.action === null ? item.event : `${item.event}.${item.action}`,
  redelivery: item.redelivery,
  installationId: numberOf(item.installation_id),
  repositoryId: numberOf(item.repository_id),
})

const numberOf = (id: number | bigint | null): number | undefined =>
  id === null ? undefined : Number(id)

/** NB: ids of attempts may be larger than a number holds: they stay text. */
export async function askForRedelivery(client: Client, attemptId: string): Promise<void> {
  await client.asApp('ask for a redelivery', (octokit) =>
    octokit.request({
      method: 'POST',
      url: '/app/hook/deliveries/{attempt_id}/attempts',
      attempt_id: attemptId,
    }),
  )
}
