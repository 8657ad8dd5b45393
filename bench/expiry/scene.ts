// The simulated GitHub that hears what becomes of the grants.
import { startScene } from '../../sandbox/scene.ts'
import type { Subject } from '../../src/domain/subjects.ts'

export interface FarScene {
  readonly url: string
  readonly appId: number
  readonly privateKey: string
  readonly accountId: number
  /** Of the first pull request; the others follow by number. */
  readonly subject: Omit<Subject, 'number'>
  readonly numbers: readonly number[]
}

export async function openScene(pulls: number): Promise<FarScene> {
  const { github, organization, repository, installation, people } = await startScene()
  const numbers = Array.from(
    { length: pulls },
    (_, n) =>
      github.openPullRequest(repository, {
        author: people.alice,
        title: `Change ${n}`,
        files: { [`services/orders/${n}.ts`]: `export const n = ${n}\n` },
      }).number,
  )
  return {
    url: github.url,
    appId: github.appId,
    privateKey: github.privateKey,
    accountId: organization.id,
    subject: {
      installationId: installation.id,
      accountId: organization.id,
      repositoryId: repository.id,
      kind: 'pull_request',
      owner: organization.login,
      repository: repository.name,
    },
    numbers,
  }
}
