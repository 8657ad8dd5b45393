// `npm run pictures`: plays in the demo's playground, and takes the pictures that the documents show. Needs Debian's
// Chromium (or the one that CHROMIUM names); looks best with the fonts Inter and Noto Color Emoji, and makes small files with pngquant.
import { spawnSync } from 'node:child_process'
import { mkdir, readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { chromium, type Page } from 'playwright-core'
import { servePlayground } from '../demo/playground/server.ts'
import { openStage, type Stage } from '../demo/stage.ts'

const directory = fileURLToPath(new URL('../docs/pictures/', import.meta.url))
const file = (name: string) => ({ path: `${directory}${name}.png` })

async function play({ scene: { github, pull, people }, scenery: { draft }, watch }: Stage) {
  github.requestReview(draft, people.alice, people.octocat)
  await watch.seen('the end of a short lease', ({ id }) => id === 'grant.ended', 60_000)
  github.requestReview(pull, people.alice, people.octocat)
  await github.waitFor(() => github.comments(pull).some(({ body }) => body.includes('active')))
  const request = '/access request orders-data-write for 3m because order 4711 shows a wrong total'
  github.comment(pull, people.mona, request)
  await github.waitFor(() =>
    github.checks(pull.pull.headSha).some(({ actions }) => actions.length > 0),
  )
}

async function takePictures(page: Page, url: string) {
  await page.goto(`${url}/1`)
  await page.locator('#checks button').first().waitFor()
  await page.screenshot(file('playground'))
  await page.locator('.by-app article').first().screenshot(file('comment'))
  await page.locator('.checks').screenshot(file('checks'))
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.locator('#checks').evaluate('(checks) => checks.scrollIntoView({ block: "center" })')
  await page.screenshot(file('playground-dark'))
  await page.emulateMedia({ colorScheme: 'light' })
  await page.goto(`${url}/4`)
  await page.locator('.checks li', { hasText: 'hallpass/policy' }).locator('summary').click()
  await page
    .locator('.checks > li', { hasText: 'hallpass/policy' })
    .screenshot(file('policy-check'))
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto(`${url}/1`)
  await page.screenshot(file('playground-phone'))
}

async function shrink() {
  const files = (await readdir(directory)).map((name) => `${directory}${name}`)
  const { error } = spawnSync('pngquant', ['--force', '--ext', '.png', '--strip', ...files])
  if (error !== undefined) process.stdout.write('pngquant is not there: the files stay large\n')
}

await mkdir(directory, { recursive: true })
const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium'
const browser = await chromium.launch({ executablePath, args: ['--disable-gpu'] })
const stage = await openStage()
const playground = await servePlayground(stage)
try {
  await play(stage)
  await takePictures(
    await browser.newPage({ viewport: { width: 1440, height: 1160 } }),
    playground.url,
  )
  await shrink()
} finally {
  await browser.close()
  await playground.stop()
  await stage.close()
}
