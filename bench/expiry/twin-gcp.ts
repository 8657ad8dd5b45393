import { startGcp } from '../../sandbox/gcp/index.ts'
import type { Holding, Removal, Size, Twin } from './twin.ts'

const role = 'roles/logging.viewer'
const ours = (title: string | undefined) => title?.startsWith('hallpass-') === true

/** A lane is a project, and holds a binding of each of its people. */
export async function gcpTwin({ lanes, perLane, callMs }: Size): Promise<Twin> {
  const gcp = await startGcp()
  const projects = Array.from({ length: lanes }, (_, n) => gcp.addProject(`bench-${n}`).name)
  for (const resource of projects) {
    gcp.setPolicy(resource, [
      {
        role: 'roles/browser',
        members: [gcp.addUser(`owner@${resource.replace('/', '.')}.example`).member],
      },
    ])
  }
  const holdings = projects.flatMap((resource, lane) =>
    Array.from({ length: perLane }, (_, n): Holding => {
      const { member } = gcp.addUser(`p${lane}-${n}@acme.example`)
      return {
        role: { cloud: 'gcp', mode: 'conditional-binding', resource, role, only: undefined },
        principal: { cloud: 'gcp', member },
      }
    }),
  )
  gcp.slow(callMs)
  const titlesOf = (policy: {
    readonly bindings: readonly { readonly condition?: { readonly title: string } | undefined }[]
  }) =>
    policy.bindings.flatMap(({ condition }) =>
      condition && ours(condition.title) ? [condition.title] : [],
    )
  return {
    connection: { host: gcp.apiEndpoint, port: gcp.port },
    holdings,
    standing: () => projects.reduce((sum, each) => sum + titlesOf(gcp.policyOf(each)).length, 0),
    removals: () =>
      gcp.history.flatMap(({ before, after, at, by }): readonly Removal[] => {
        if (by !== 'api') return []
        const left = new Set(titlesOf(after))
        return titlesOf(before)
          .filter((name) => !left.has(name))
          .map((name) => ({ name, at }))
      }),
    callsSince: (since) => gcp.calls.filter(({ at }) => at >= since).length,
    foreignTouched: () =>
      projects.filter((each) => gcp.foreignView(each, 'hallpass-').bindings.length !== 1).length,
    close: () => gcp.close(),
  }
}
