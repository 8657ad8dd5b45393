// The demo's page in a real Chromium: what a newcomer does there, and what becomes of it at GitHub, in the clouds and in the ledger.
import { existsSync } from 'node:fs'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { servePlayground, type Playground } from '../../demo/playground/server.ts'
import { openStage, type Stage } from '../../demo/stage.ts'
import { launchBrowser } from '../support/browser.ts'
import { chromium } from '../support/left-out.ts'

/** Only what hangs runs into it: a busy machine makes everything slow. */
const patienceMs = 90_000

describe.runIf(existsSync(chromium))('the playground', () => {
  let stage: Stage
  let playground: Playground
  let browser: Browser
  let page: Page
  const complaints: string[] = []
  beforeAll(async () => {
    ;[stage, browser] = await Promise.all([openStage(), launchBrowser()])
    playground = await servePlayground(stage)
    page = await browser.newPage()
    page.setDefaultTimeout(patienceMs)
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('console', (message) => {
      // A refusal is an answer that Chromium tells of by itself.
      if (message.type() === 'error' && !message.text().includes('422'))
        complaints.push(message.text())
    })
  }, patienceMs)
  afterAll(async () => {
    await browser.close()
    await playground.stop()
    await stage.close()
  })
  beforeEach(async () => {
    await page.goto(`${playground.url}/1`)
    await page.locator('body:not([data-lost])').waitFor()
  })

  const be = (login: string) => page.getByRole('radio', { name: login }).check()
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click()
  const write = async (login: string, text: string) => {
    await be(login)
    await page.getByLabel('Comment, in Markdown').fill(text)
    await press('Comment')
  }
  const columns = ['alice', 'octocat', 'mona']
  const answer = (login: string, action: string): Locator =>
    page.locator('#cloud tr', { hasText: action }).getByRole('cell').nth(columns.indexOf(login))
  const inAws = 'logs:FilterLogEvents'
  const inGoogle = 'logging.logEntries.list'
  const inAzure = 'workspaces/query/read'
  const repair = 'dynamodb:UpdateItem'
  const says = (place: Locator, text: string | RegExp) => place.filter({ hasText: text }).waitFor()
  const stands = (cloud: string): Locator => page.locator('#cloud li', { hasText: `${cloud}:` })
  const bar = (login: string, role: string): Locator =>
    page.locator('#bars li', { hasText: login }).filter({ hasText: role }).last()

  test('a request opens access, an extension lengthens it, and the review ends it', async () => {
    await says(answer('octocat', inAws), 'denied')
    await be('alice')
    await page.getByLabel('Choose of: reviewers').selectOption('octocat')
    await press('Request review')
    for (const action of [inAws, inGoogle, inAzure])
      await says(answer('octocat', action), 'allowed')
    await says(bar('octocat', 'orders-logs-read'), 'holds it, 1 min')
    for (const cloud of ['AWS', 'Google Cloud', 'Azure'])
      await says(bar('octocat', 'orders-logs-read'), new RegExp(`${cloud}: open until \\d`))
    await says(stands('AWS'), /hallpass-\S+ for octocat, until \d/)
    await says(stands('Google Cloud'), /hallpass-\S+ for octocat, until \d/)
    await says(stands('Google Cloud'), /request\.time < timestamp/)
    await says(stands('Azure'), 'for octocat, without an end of its own')
    await says(page.locator('#checks'), 'hallpass/access neutral')

    await write('octocat', '/access extend 8m')
    await says(bar('octocat', 'orders-logs-read'), /holds it, \d+ min/)
    await says(page.locator('#log'), 'grant.extended')

    await be('octocat')
    await press('Approve changes')
    for (const action of [inAws, inGoogle, inAzure]) await says(answer('octocat', action), 'denied')
    await says(bar('octocat', 'orders-logs-read'), 'reviewed')
    await says(page.locator('#cloud'), 'Nothing stands in any cloud.')
    await says(page.locator('#checks'), 'hallpass/access success')
  })

  test('what one cloud does not take is open in part, and opens there once the cloud is well', async () => {
    await press('Google Cloud is read-only')
    await says(page.locator('#said'), 'Google Cloud is read-only from now on.')
    await page
      .locator('button[aria-pressed=true]', { hasText: 'Google Cloud is read-only' })
      .waitFor()
    await be('alice')
    await page.getByLabel('Choose of: reviewers').selectOption('mona')
    await press('Request review')
    for (const action of [inAws, inAzure]) await says(answer('mona', action), 'allowed')
    await says(bar('mona', 'orders-logs-read'), /in part, 2 of 3.*Google Cloud: not yet/s)
    await says(page.locator('#conversation'), 'active in part: 2 of 3')
    await says(answer('mona', inGoogle), 'denied')

    await press('Google Cloud is well')
    await says(answer('mona', inGoogle), 'allowed')
    await says(bar('mona', 'orders-logs-read'), 'holds it, 1 min')

    await press('Azure is down')
    await be('mona')
    await press('Approve changes')
    await says(bar('mona', 'orders-logs-read'), /AWS: closed.*Azure: being closed/s)
    await says(answer('mona', inAzure), 'allowed')
    await press('Azure is well')
    await says(answer('mona', inAzure), 'denied')
    await says(bar('mona', 'orders-logs-read'), 'reviewed')
  })

  test('a slow cloud is only later', async () => {
    await press('AWS is slow')
    stage.scene.github.requestReview(stage.scene.pull, 'alice', 'mona')
    await says(answer('mona', inAws), 'allowed')
    await press('AWS is well')
    stage.scene.github.submitReview(stage.scene.pull, stage.scene.people.mona, 'approved')
    await says(answer('mona', inAws), 'denied')
  })

  test('what is over is told so, and only what its state allows is offered', async () => {
    await page.goto(`${playground.url}/4`)
    await press('Close')
    await says(page.locator('#head'), 'wanted to merge')
    await press('Reopen')
    await press('Merge')
    await says(page.locator('#head'), 'alice merged')
    await page.getByRole('button', { name: 'Close', exact: true }).waitFor({ state: 'detached' })
    expect(await page.getByRole('button', { name: /^(Reopen|Merge)$/ }).count()).toBe(0)
  })

  test('a button approves what was asked for, for whoever may, and a command revokes it', async () => {
    await write('mona', '/access request orders-data-write for 3m because order 4711 is wrong')
    const approve = page.getByRole('button', { name: /^Approve on hallpass.offer/ })
    await approve.waitFor()
    await be('tom')
    await approve.click()
    await says(page.locator('#said'), 'GitHub would refuse: this takes write')
    await be('sam')
    await approve.click()
    await says(answer('mona', repair), 'allowed')
    await says(bar('mona', 'orders-data-write'), 'holds it')
    await approve.waitFor({ state: 'detached' })

    await write('sam', '/access revoke @mona')
    await says(answer('mona', repair), 'denied')
    await says(bar('mona', 'orders-data-write'), 'revoked')
  })

  test('what is typed, unfolded and focused stays while the page changes', async () => {
    const comment = page.getByLabel('Comment, in Markdown')
    await comment.fill('half a sentence')
    await comment.focus()
    const before = await page.locator('#log').getAttribute('data-version')
    stage.scene.github.requestReview(stage.scene.pull, 'alice', 'mona')
    await page.locator(`#log:not([data-version="${before}"])`).waitFor()
    await says(answer('mona', inAws), 'allowed')
    expect(await comment.inputValue()).toBe('half a sentence')
    expect(await page.locator('#body:focus').count()).toBe(1)

    const unfolded = page
      .locator('#cloud details', { hasText: 'AWS:' })
      .filter({ hasText: 'for mona' })
    await unfolded.locator('summary').focus()
    await page.keyboard.press('Enter')
    stage.scene.github.requestReview(stage.scene.pull, 'alice', stage.scene.people.octocat)
    await says(answer('octocat', inAws), 'allowed')
    expect(await unfolded.getAttribute('open')).not.toBeNull()
    expect(await page.locator('#cloud summary:focus').count()).toBe(1)
  })

  test('a broken policy is refused with its line, and a changed one holds at once', async () => {
    const text = page.getByLabel("The organization's policy, in YAML")
    const good = await text.inputValue()
    await text.fill(good.replace('approval: none', 'approval: maybe'))
    await press('Save the policy')
    await says(page.locator('#policy-said'), /Not saved.*\nLine \d+, column \d+: /)

    await text.fill(
      good.replace('lease: { default: 5m, max: 30m }', 'lease: { default: 4m, max: 30m }'),
    )
    await press('Save the policy')
    await says(page.locator('#policy-said'), 'Saved')
    await write('mona', '/access request orders-data-write because order 4711 is wrong')
    await says(page.locator('#conversation'), '4m once approved')
    await press("Back to the beginning's")
    await says(page.locator('#policy-said'), 'beginning')
    expect(await text.inputValue()).toBe(good)
  })

  test('GitHub refuses there what it refuses, and says why', async () => {
    await be('alice')
    await press('Approve changes')
    await says(page.locator('#said'), 'their own pull request')
  })

  test('a phone shows all of it without scrolling sideways', async () => {
    await page.setViewportSize({ width: 360, height: 740 })
    await press('Google Cloud is read-only')
    await page
      .locator('button[aria-pressed=true]', { hasText: 'Google Cloud is read-only' })
      .waitFor()
    for (const number of [1, 2, 3]) {
      await page.goto(`${playground.url}/${number}`)
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
    }
    await press('Google Cloud is well')
    await page.setViewportSize({ width: 1280, height: 800 })
  })

  test('without scripts, forms work too', async () => {
    const plain = await browser.newPage({ javaScriptEnabled: false })
    await plain.goto(`${playground.url}/3`)
    await plain.getByRole('radio', { name: 'mona' }).check()
    await plain.getByLabel('Comment, in Markdown').fill('It is **bad**.')
    await plain.getByRole('button', { name: 'Comment', exact: true }).click()
    await plain.locator('#conversation strong', { hasText: 'bad' }).waitFor()
    await plain.getByRole('button', { name: 'Comment', exact: true }).click()
    await plain.locator('#said', { hasText: 'Write something first.' }).waitFor()
    await plain.close()
  })

  test('nothing was complained of', () => {
    expect(complaints).toEqual([])
  })

  test('it stops at once while pages look', async () => {
    const begun = performance.now()
    await playground.stop()
    expect(performance.now() - begun).toBeLessThan(5_000)
  })
})
