// The App's manifest is held to what the code handles and needs: nothing more, nothing less.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { permissionsNeeded } from '../../src/entrypoints/cli/doctor-github.ts'
import { handledEvents, subscribedEvents } from '../../src/entrypoints/webhooks/routes.ts'

const manifest = z
  .strictObject({
    name: z.string(),
    url: z.url(),
    description: z.string(),
    public: z.boolean(),
    hook_attributes: z.strictObject({ url: z.url(), active: z.literal(true) }),
    setup_url: z.url(),
    default_permissions: z.record(z.string(), z.string()),
    default_events: z.array(z.string()),
  })
  .parse(parse(readFileSync('app.yml', 'utf8')))

describe('app.yml', () => {
  it('subscribes to exactly the events that are handled', () => {
    expect(manifest.default_events.toSorted()).toEqual(subscribedEvents.toSorted())
    // GitHub sends these unasked, and refuses a manifest that names them.
    const unasked = ['installation', 'installation_repositories']
    const handled = new Set(handledEvents.map((event) => event.split('.')[0]))
    expect(new Set([...manifest.default_events, ...unasked])).toEqual(handled)
  })

  it('asks for no permission beyond the list', () => {
    expect(manifest.default_permissions).toEqual({
      metadata: 'read',
      contents: 'read',
      checks: 'write',
      issues: 'write',
      pull_requests: 'write',
      members: 'read',
    })
  })

  it('asks for just what the doctor looks for', () => {
    expect(manifest.default_permissions).toEqual(permissionsNeeded)
  })

  it('says why at each permission and event', () => {
    const lines = readFileSync('app.yml', 'utf8').split('\n')
    const entries = lines.flatMap((line, index) =>
      /^ {2}(- )?\w+(: \w+)?$/.test(line) ? index : [],
    )
    expect(entries.length).toBeGreaterThanOrEqual(8)
    const unexplained = entries.filter(
      (index) =>
        !lines[index]?.includes('active:') && !lines[index - 1]?.trimStart().startsWith('#'),
    )
    expect(unexplained).toEqual([])
  })

  it('cannot be installed by others', () => {
    expect(manifest.public).toBe(false)
  })

  it('sends deliveries to the path that takes them in', () => {
    expect(new URL(manifest.hook_attributes.url).pathname).toBe('/api/github/webhooks')
  })
})
