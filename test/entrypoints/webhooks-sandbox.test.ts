// From what people do on the simulated GitHub, through the router, to what it means.
import { describe, expect, it } from 'vitest'
import type { Delivery } from '../../sandbox/github/index.ts'
import type { Signal } from '../../src/domain/signals.ts'
import { routes } from '../../src/entrypoints/webhooks/routes.ts'
import { startScene } from '../adapters/github-scene.ts'

async function startRouted() {
  const scene = await startScene()
  const signals: Signal[] = []
  await scene.adapter.load(
    routes(async (signal) => {
      signals.push(signal)
    }),
  )
  const meaningOf = async (deliveries: Delivery[]): Promise<readonly Signal[]> => {
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
      { type: 'PullRequestPushed', subject, headSha: pull.pull.headSha },
    ])
    expect(await meaningOf(hub.closePullRequest(pull, grace, { merged: true }))).toMatchObject([
      { type: 'PullRequestClosed', subject, merged: true },
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
})
