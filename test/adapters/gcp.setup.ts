import { startGcp, type Gcp, type GcpOptions } from '../../sandbox/gcp/index.ts'
import { createGcp, type GcpCloud } from '../../src/adapters/gcp/create-gcp.ts'
import type { Binding, GcpConditionalBinding, LaneOf } from '../../src/domain/lanes/types.ts'
import { silentLog } from './aws.setup.ts'

export const instance = 'i7f3'
export const alice = 'user:alice@acme.example'
export const bob = 'user:bob@acme.example'
export const viewer = 'roles/cloudsql.viewer'
const startedAt = Date.parse('2031-05-01T09:00:00Z')

export interface GcpSetup {
  readonly gcp: Gcp
  readonly cloud: GcpCloud
  readonly lane: LaneOf<'gcp'>
  readonly resource: string
  now(): number
  advance(ms: number): void
  binding(n: number, of?: { role?: string; member?: string; only?: string }): Binding
  calls(method: string): number
  close(): Promise<void>
}

/** One project with Alice and Bob, and Hallpass with exactly the permissions that it asks for. */
export async function setUpGcp(options: Partial<GcpOptions> = {}): Promise<GcpSetup> {
  let now = startedAt
  const gcp = await startGcp({ now: () => now, ...options })
  const organization = gcp.addOrganization('123456789012').name
  const resource = gcp.addProject('shop-prod', { parent: organization }).name
  for (const member of [alice, bob]) gcp.addUser(member)
  gcp.appCredentials({
    permissions: ['getIamPolicy', 'setIamPolicy'].map((it) => `resourcemanager.projects.${it}`),
  })
  const lane: LaneOf<'gcp'> = { id: `gcp/${resource}`, cloud: 'gcp', resource }
  const cloud = createGcp({
    instance,
    endpoint: { host: gcp.apiEndpoint, port: gcp.port, insecure: true },
    log: silentLog,
  })
  return {
    gcp,
    cloud,
    lane,
    resource,
    now: () => now,
    advance: (ms) => void (now += ms),
    binding(n, { role: name = viewer, member = alice, only } = {}) {
      const grant = `g${String(n).padStart(11, '0')}`
      const role: GcpConditionalBinding = {
        cloud: 'gcp',
        mode: 'conditional-binding',
        resource,
        role: name,
        only,
      }
      return {
        id: `binding-${n}`,
        laneId: lane.id,
        name: `hallpass-${instance}-${grant}`,
        sessionName: `hallpass-${grant}`,
        principal: { cloud: 'gcp', member },
        role,
        startsAt: startedAt,
        endsAt: startedAt + 3_600_000,
        residualSeconds: 0,
      }
    },
    calls: (method) => gcp.calls.filter((it) => it.operation === `Projects.${method}`).length,
    async close() {
      await cloud.close()
      await gcp.close()
    },
  }
}
