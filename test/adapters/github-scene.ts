// The adapter against the simulated GitHub: one organization, one repository, one pull request.
import { onTestFinished } from 'vitest'
import { startGitHub, type PullRequest } from '../../sandbox/github/index.ts'
import { createGitHub } from '../../src/adapters/github/create-github.ts'
import type { Subject } from '../../src/domain/subjects.ts'
import { privateKey, recordingLog } from './github-wire.ts'

export async function startScene() {
  const hub = await startGitHub({ webhookSecret: 'not used here', privateKey })
  onTestFinished(() => hub.close())
  const ada = hub.addUser('ada')
  const grace = hub.addUser('grace')
  const acme = hub.addOrganization('acme', {
    owners: ['ada'],
    members: ['grace'],
    baseRole: 'none',
  })
  const shop = hub.addRepository(acme, 'shop', { roles: { grace: 'write' } })
  const installation = hub.install(acme)
  const pull = hub.openPullRequest(shop, { author: 'grace', files: { 'src/a.ts': 'a' } })
  const subject: Subject = {
    installationId: installation.id,
    accountId: acme.id,
    repositoryId: shop.id,
    number: pull.number,
    kind: 'pull_request',
    owner: 'acme',
    repository: 'shop',
  }
  const adapter = createGitHub({
    appId: hub.appId,
    privateKey,
    baseUrl: hub.url,
    log: recordingLog().log,
    throttle: false,
  })
  const { github } = adapter
  return { hub, adapter, github, ada, grace, acme, shop, installation, pull, subject }
}

/** Takes the name `shop` away from the repository and gives it to another one, as an attacker would. */
export function takeNameOver({ hub, shop, acme }: Awaited<ReturnType<typeof startScene>>) {
  hub.renameRepository(shop, 'ada', 'shop-old')
  const other = hub.addRepository(acme, 'shop', { roles: { grace: 'admin' } })
  const pull: PullRequest = hub.openPullRequest(other, { author: 'grace', files: { 'b.ts': 'b' } })
  return { other, pull }
}
