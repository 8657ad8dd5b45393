// A drill's plan: the same for the same seed, with every mode, and as rough as it says.
import { expect, test } from 'vitest'
import { planOf, type PlanOptions } from '../../drill/plan.ts'
import { drillRoles, roleNamed } from '../../drill/roles.ts'
import { openScene } from '../../drill/scene.ts'
import { parseOrganizationPolicy } from '../../src/domain/policy/parse.ts'

const options: PlanOptions = {
  seed: 7,
  grants: 300,
  kills: 50,
  durationMs: 100_000,
  processes: 3,
  server: true,
  redis: true,
}

test('the same seed is the same plan, and another seed another one', () => {
  expect(planOf(options)).toEqual(planOf(options))
  expect(planOf({ ...options, seed: 8 })).not.toEqual(planOf(options))
})

test('half of the grants end early, half in modes that no cloud ends, and every mode is there', () => {
  const { grants, havoc } = planOf(options)
  expect(grants).toHaveLength(300)
  expect(new Set(grants.map(({ n }) => n)).size).toBe(300)
  const count = (fits: (role: string) => boolean) => grants.filter((it) => fits(it.role)).length
  for (const { name } of drillRoles) expect(count((role) => role === name)).toBeGreaterThan(5)
  expect(grants.filter(({ end }) => end !== undefined).length).toBeGreaterThanOrEqual(150)
  expect(count((role) => !roleNamed(role).endsItself)).toBeGreaterThanOrEqual(150)
  expect(havoc.filter(({ kind }) => kind === 'kill')).toHaveLength(50)
  for (const kind of ['pause', 'flush', 'cut', 'cloud', 'github'])
    expect(havoc.map((strike) => strike.kind)).toContain(kind)
})

test('its policy is valid', async () => {
  const scene = await openScene(planOf({ ...options, grants: 40 }))
  try {
    expect(parseOrganizationPolicy(scene.policy, 'policy.yml')).toMatchObject({ ok: true })
  } finally {
    await scene.close()
  }
})
