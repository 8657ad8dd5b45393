import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { repositoryRoot, stackLine, typed } from './command.ts'

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hallpass-simulate-'))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

const example = (name: string): string => join(repositoryRoot, 'examples', name)
const simulate = (event: string, ...more: readonly string[]) =>
  typed(['simulate', event, '--policy', example('policy.yml'), ...more], { cwd: directory })

async function written(name: string, content: unknown): Promise<string> {
  const path = join(directory, name)
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

describe('simulate', () => {
  it('tells what the example would give, and why, and makes and asks nothing', async () => {
    const fetched = vi.spyOn(globalThis, 'fetch')
    const before = await readdir(directory)
    const facts = ['--facts', example('facts.json'), '--rules', example('hallpass.yml')]
    const { code, out } = await simulate(example('event.json'), ...facts)
    expect(code).toBe(0)
    expect(out).toContain('pull_request.review_requested by @monalisa on acme/shop-orders#12')
    expect(out).toContain(
      'orders-logs-read to @octocat for 1h, until reviewed or unrequested or closed, at once, by the rule "reviewers see the logs"',
    )
    expect(fetched).not.toHaveBeenCalled()
    fetched.mockRestore()
    expect(await readdir(directory)).toEqual(before)
  })

  it('says which facts it assumed, and only those that mattered', async () => {
    const without = await simulate(example('event.json'))
    expect(without.out).toContain('no changed path matches the `paths` of the rule')
    expect(without.out).toContain('Assumed, for want of facts:')
    expect(without.out).toContain('  - @octocat is not in the team backend')
    const told = await simulate(example('event.json'), '--facts', example('facts.json'))
    expect(told.out).not.toContain('is not in the team')
  })

  it('gives the reason at which a rule stopped, and none that needs what was not read', async () => {
    const enrolled = await readFile(example('facts.json'), 'utf8')
    const facts = await written(
      'not-enrolled.json',
      enrolled.replace('"property": "yes"', '"property": "no"'),
    )
    const args = ['simulate', example('event.json'), '--policy', example('production.yml')]
    const { code, out } = await typed([...args, '--facts', facts], { cwd: directory })
    expect(code).toBe(0)
    expect(out.slice(out.indexOf('Rules for'), out.indexOf('\n\nAssumed'))).toBe(
      'Rules for such an act that do not give, and why:\n' +
        '  - reviewers deploy what changes (for @octocat): The rule `reviewers deploy what changes` gives `service-deploy`, but this repository is not enrolled. An owner of the organization can set its property `hallpass` to `yes`.',
    )
  })

  it('knows whom each cloud of a role knows', async () => {
    const { out } = await typed(
      [
        'simulate',
        example('event.json'),
        '--policy',
        example('three-clouds.yml'),
        '--facts',
        example('facts.json'),
      ],
      { cwd: directory },
    )
    expect(out).toContain('shop-inspect to @octocat for 1h')
    for (const known of [
      'the IAM user octocat is in the AWS account 111122223333',
      'the Google account octocat@shop.example is in Google Cloud',
      'the Entra user Octo Cat is in Azure',
    ])
      expect(out).toContain(known)
  })

  it('looks at the time that it is given', async () => {
    const late = await simulate(example('event.json'), '--at', '2026-11-22T18:00:00Z')
    expect(late.out).toContain('(too-old)')
    const wrong = await simulate(example('event.json'), '--at', 'noon')
    expect(wrong).toMatchObject({
      code: 1,
      out: '--at takes a time such as 2026-11-22T17:00:00Z.\n',
    })
  })

  it('answers a program in JSON, with every step of every rule', async () => {
    const facts = ['--facts', example('facts.json')]
    const { code, out } = await simulate(example('event.json'), ...facts, '--json')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      event: 'pull_request.review_requested',
      signal: { type: 'ReviewRequested', reviewer: { id: 583231 } },
      outcome: {
        kind: 'asks',
        asks: {
          offers: [{ role: 'orders-logs-read' }, { role: 'orders-db-read' }],
          refusals: [],
          rules: [
            { rule: { name: 'reviewers see the logs' }, holds: true, recipient: { id: 583231 } },
            {
              holds: true,
              steps: expect.arrayContaining([expect.objectContaining({ name: 'paths' })]),
            },
          ],
        },
      },
      assumed: expect.arrayContaining(['no limit counts anything yet']),
    })
  })

  it('says what is wrong with each file, and where', async () => {
    const event = await written('event.json', { action: 'closed' })
    const facts = await written('facts.json', {
      people: [{ id: 'octocat', login: 'octocat' }],
      x: 1,
    })
    const policy = await written('broken.yml', 'version: 1\nroles: []\n')
    const args = ['simulate', event, '--facts', facts, '--policy', policy]
    const { code, out, err } = await typed(args, { cwd: directory })
    expect(code).toBe(1)
    expect(out).toMatch(/event\.json: name: /)
    expect(out).toContain('An event file holds {"name": "pull_request", "payload": {…}}')
    expect(out).toMatch(/facts\.json: people\.0\.id: /)
    expect(out).toMatch(/facts\.json: .*"x"/)
    expect(out).toMatch(/broken\.yml:2:\d+ /)
    expect(err).not.toMatch(stackLine)
    const json = await typed([...args, '--json'], { cwd: directory })
    expect(json.code).toBe(1)
    expect(JSON.parse(json.out)).toMatchObject({ problems: expect.any(Array) })
  })

  it.each([
    ['no-such.json', 'It cannot be read.'],
    ['broken.json', 'It is no JSON: '],
  ])('%s: %s', async (name, words) => {
    await written('broken.json', '{')
    const { code, out } = await simulate(join(directory, name))
    expect(code).toBe(1)
    expect(out).toContain(`${name}: ${words}`)
  })
})
