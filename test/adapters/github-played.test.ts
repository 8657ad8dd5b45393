// What is read for separation, identities and policy changes, against a simulated GitHub that keeps state.
import { expect, it } from 'vitest'
import { startScene } from './github-scene.ts'

type Scene = Awaited<ReturnType<typeof startScene>>

async function headPeople({ github, subject }: Scene, number = subject.number) {
  const there = { ...subject, number }
  const current = await github.current(there)
  if (current?.kind !== 'pull_request') throw new Error('there is no pull request')
  return github.headPeople(there, current)
}

it('tells who wrote, committed and pushed what a head holds', async () => {
  const scene = await startScene()
  const { hub, pull, shop, ada, grace } = scene
  const eve = hub.addUser('eve')
  const linus = hub.addUser('linus')
  hub.setRole(shop, linus, 'write')
  expect(await headPeople(scene)).toEqual({ people: [grace.id], unproven: false })
  hub.push(pull, 'linus', { 'b.ts': 'b' }, { author: eve, committer: ada })
  const ids = [grace.id, eve.id, ada.id, linus.id].toSorted((a, b) => a - b)
  expect(await headPeople(scene)).toEqual({ people: ids, unproven: false })
})

it('names whoever pushed what was replaced since', async () => {
  const scene = await startScene()
  const { hub, pull, shop } = scene
  const linus = hub.addUser('linus')
  hub.setRole(shop, linus, 'write')
  hub.push(pull, 'linus', { 'b.ts': 'b' })
  hub.push(pull, 'grace', { 'c.ts': 'c' }, { force: true })
  expect(await headPeople(scene)).toMatchObject({
    people: expect.arrayContaining([linus.id]),
    unproven: false,
  })
})

it('tells that it cannot tell of a commit that belongs to nobody, nor of a fork', async () => {
  const scene = await startScene()
  const { hub, pull, shop, grace } = scene
  hub.push(pull, 'grace', { 'b.ts': 'b' }, { author: null })
  expect(await headPeople(scene)).toEqual({ people: [grace.id], unproven: true })
  const fork = hub.fork(shop, grace)
  const there = hub.openPullRequest(shop, { author: grace, from: fork, files: { 'x.ts': 'x' } })
  expect(await headPeople(scene, there.number)).toMatchObject({ unproven: true })
})

it('refuses a head that a push replaces meanwhile', async () => {
  const scene = await startScene()
  const { hub, pull } = scene
  const stop = hub.intercept((call, phase) => {
    if (phase !== 'after' || !call.path.endsWith('/activity')) return
    stop()
    hub.push(pull, 'grace', { 'b.ts': 'b' })
  })
  await expect(headPeople(scene)).rejects.toMatchObject({ kind: 'transient' })
})

it('tells what SAML calls a person, whatever their login is now', async () => {
  const { hub, github, subject, acme, grace } = await startScene()
  expect(await github.samlIdentities(subject, grace)).toEqual([])
  hub.setSamlIdentities(acme, [
    { nameId: 'grace@acme.example', person: 'grace' },
    { nameId: 'ada@acme.example', person: 'ada' },
    { nameId: 'nobody@acme.example' },
  ])
  const before = { id: grace.id, login: 'grace' }
  hub.renameAccount(grace, 'hopper')
  hub.addUser('grace')
  expect(await github.samlIdentities(subject, before)).toEqual([{ nameId: 'grace@acme.example' }])
})

it('reads a property as long as it has a value', async () => {
  const { hub, github, subject, shop } = await startScene()
  expect(await github.property(subject, 'hallpass')).toBeUndefined()
  hub.setProperty(shop, 'hallpass', 'yes')
  expect(await github.property(subject, 'hallpass')).toBe('yes')
  hub.setProperty(shop, 'hallpass', ['yes'])
  expect(await github.property(subject, 'hallpass')).toBeUndefined()
})

it('tells which pull request brought a commit, and who approved its head', async () => {
  const { hub, github, subject, shop, pull, grace } = await startScene()
  const linus = hub.addUser('linus')
  hub.setRole(shop, linus, 'write')
  const place = { repositoryId: shop.id, branch: 'main', path: 'b.ts' }
  hub.submitReview(pull, 'linus', 'approved')
  hub.push(pull, 'grace', { 'b.ts': 'b' })
  hub.submitReview(pull, 'ada', 'approved')
  hub.closePullRequest(pull, 'ada', { merged: true })
  const { headSha, mergeSha } = pull.pull
  expect(await github.mergedBy(place, mergeSha ?? '')).toEqual({
    subject: { ...subject, number: pull.number },
    author: { id: grace.id, login: 'grace' },
    head: { headSha, headRef: pull.pull.headRef, headRepositoryId: shop.id },
    blob: expect.any(String),
    approvals: [{ id: expect.any(Number), login: 'ada' }],
  })
  const pushed = hub.putFile(shop, 'policy.yml', 'version: 1')
  expect(await github.mergedBy(place, pushed.sha)).toBeUndefined()
})

it('leaves a reaction once', async () => {
  const { hub, github, subject, pull } = await startScene()
  const comment = hub.comment(pull, 'grace', '/access status')
  await github.react(subject, comment.id, 'eyes')
  await github.react(subject, comment.id, 'eyes')
  expect(hub.reactions(comment)).toEqual(['eyes'])
})

it('opens an issue and finds it again, and nobody else`s', async () => {
  const { hub, github, subject, shop } = await startScene()
  const marker = '<!-- hallpass:debt:1 -->'
  hub.openIssue(shop, { author: 'ada', body: marker })
  expect(await github.findIssue(subject, marker)).toBeUndefined()
  const number = await github.createIssue(subject, { title: 'Review', body: marker })
  expect(await github.findIssue(subject, marker)).toBe(number)
})
