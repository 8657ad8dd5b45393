// From what people do on the simulated GitHub, through the router, to what it means.
import { describe, expect, it } from 'vitest'
import type { Delivery } from '../../sandbox/github/index.ts'
import type { Concerned, GroundMoved, Signal } from '../../src/domain/signals.ts'
import { routes } from '../../src/entrypoints/webhooks/routes.ts'
import { startScene } from '../adapters/github-scene.ts'

async function startRouted() {
  const scene = await startScene()
  const signals: (Signal | GroundMoved)[] = []
  const take = async (signal: Signal | GroundMoved) => void signals.push(signal)
  await scene.adapter.load(routes(take, take))
  const meaningOf = async (deliveries: Delivery[]) => {
    for (const { id, event, body } of deliveries)
      await scene.adapter.receive({ id, name: event, payload: JSON.parse(body) })
    return signals.splice(0)
  }
  return { ...scene, meaningOf }
}

describe('what people do on GitHub', () => {
  it('becomes signals about one subject', async () => {
    const { hub, pull, subject, ada, grace, meaningOf } = await startRouted()
    const by = (person: typeof ada) => ({ id: person.id, login: person.login, type: 'User' })
    const reviewer = { id: ada.id, login: 'ada' }
    expect(await meaningOf(hub.requestReview(pull, grace, ada))).toEqual([
      expect.objectContaining({ type: 'ReviewRequested', subject, actor: by(grace), reviewer }),
    ])
    expect(await meaningOf(hub.submitReview(pull, ada, 'commented'))).toEqual([])
    expect(await meaningOf(hub.submitReview(pull, ada, 'approved'))).toMatchObject([
      { type: 'ReviewSubmitted', subject, actor: by(ada), reviewer, state: 'approved' },
    ])
    expect(await meaningOf(hub.removeReviewRequest(pull, grace, ada))).toMatchObject([
      { type: 'ReviewRequestRemoved', subject, actor: by(grace), reviewer },
    ])
    expect(await meaningOf(hub.push(pull, grace, { 'b.ts': 'b' }))).toMatchObject([
      { type: 'PolicyChanged', repositoryId: subject.repositoryId },
      { type: 'PullRequestPushed', subject, headSha: pull.pull.headSha },
    ])
    expect(await meaningOf(hub.closePullRequest(pull, grace, { merged: true }))).toMatchObject([
      { type: 'PullRequestClosed', subject, merged: true },
      { type: 'PolicyChanged', branch: 'main' },
    ])
  })

  it('becomes signals of teams and labels too', async () => {
    const { hub, pull, subject, acme, grace, meaningOf } = await startRouted()
    const team = hub.addTeam(acme, 'SRE')
    expect(
      await meaningOf([
        ...hub.requestTeamReview(pull, grace, team),
        ...hub.removeReviewRequest(pull, grace, team),
        ...hub.addLabel(pull, grace, 'urgent'),
      ]),
    ).toMatchObject([
      { type: 'TeamReviewRequested', subject, team: { id: team.id, slug: 'sre' } },
      { type: 'TeamReviewRequestRemoved', subject, team: { id: team.id } },
      { type: 'LabelAdded', subject, label: 'urgent' },
    ])
  })

  it('becomes questions about who may have lost their ground', async () => {
    const { hub, acme, shop, ada, grace, installation, meaningOf } = await startRouted()
    const team = hub.addTeam(acme, 'SRE', { members: ['grace'] })
    const other = hub.addOrganization('other', { owners: ['ada'] })
    const here = hub.install(other, { repositories: [hub.addRepository(other, 'kept')] })
    const [kept] = [...hub.world.repositories.values()].slice(-1)
    const lost = (concerned: Concerned) => ({ type: 'StandingLost', concerned })
    const inShop = lost({ repositoryIds: [shop.id] })
    const graceHere = lost({ accountId: acme.id, personId: grace.id })
    expect(
      await meaningOf([
        ...hub.renameRepository(shop, ada, 'store'),
        ...hub.setVisibility(shop, ada, 'public'),
        ...hub.setVisibility(shop, ada, 'private'),
        ...hub.archive(shop, ada),
        ...hub.changeCollaborator(shop, ada, grace, 'read'),
        ...hub.removeCollaborator(shop, ada, grace),
        ...hub.renameTeam(team, ada, 'Ops'),
        ...hub.leaveOrganization(acme, ada, grace),
        ...hub.deleteTeam(team, ada),
        ...hub.removeFromInstallation(here, ada, kept ?? shop),
        ...hub.deleteRepository(shop, ada),
        ...hub.suspend(installation, ada),
        ...hub.uninstall(installation, ada),
      ]),
    ).toMatchObject([
      ...Array.from({ length: 6 }, () => inShop),
      lost({ accountId: acme.id }),
      // Out of the team, then out of the organization.
      graceHere,
      graceHere,
      lost({ accountId: acme.id }),
      lost({ repositoryIds: [kept?.id ?? 0] }),
      inShop,
      lost({ accountId: acme.id }),
      lost({ accountId: acme.id }),
    ])
  })

  it('a push to a branch may be one of the policy', async () => {
    const { hub, shop, ada, meaningOf } = await startRouted()
    expect(
      await meaningOf(
        hub.push({ repository: shop, branch: 'main' }, ada, { 'policy.yml': 'version: 1' }),
      ),
    ).toEqual([
      expect.objectContaining({ type: 'PolicyChanged', repositoryId: shop.id, branch: 'main' }),
    ])
  })
})
