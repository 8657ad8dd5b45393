import type { Caller, Kind, Resource } from './entities.ts'
import { Waiting } from '../waiting.ts'
import { History } from './history.ts'
import { Principals } from './principals.ts'

/** What Google documents, except where it says "a few 10s of KB" only. */
export interface Limits {
  readonly policyBytes: number
  readonly principals: number
  readonly groups: number
  /** Conditional bindings of one role to one member. */
  readonly sameRoleAndMember: number
  readonly logicalOperators: number
}

export const documentedLimits: Limits = {
  policyBytes: 64 * 1024,
  principals: 1500,
  groups: 250,
  sameRoleAndMember: 20,
  logicalOperators: 12,
}

export interface StateOptions {
  readonly now: () => number
  readonly kept: number
  readonly limits: Limits
}

/** Everything that the simulated Google Cloud knows. */
export class State {
  readonly now: () => number
  readonly limits: Limits
  readonly waiting = new Waiting()
  readonly history: History
  readonly principals: Principals
  /** A role's permissions, for questions that name a permission. */
  readonly roles = new Map<string, ReadonlySet<string>>()
  /** By access token. */
  readonly callers = new Map<string, Caller>()
  /** Whom calls without a token come from: over an insecure channel the SDK sends none. */
  anonymous: Caller = {
    member: 'serviceAccount:hallpass@ops.iam.gserviceaccount.com',
    permissions: undefined,
    modifiedGrantsByRole: undefined,
  }
  /** How far enforcement lags behind what a policy says. */
  enforcementLagMs = 0
  /** By name; projects by `projects/<number>` too. */
  readonly #resources = new Map<string, Resource>()

  constructor({ now, kept, limits }: StateOptions) {
    this.now = now
    this.limits = limits
    this.history = new History(now, kept, this.waiting)
    this.principals = new Principals(now)
  }

  add(resource: Resource): void {
    if (this.#resources.has(resource.name)) throw new Error(`${resource.name} is there already`)
    if (resource.parent !== undefined) this.known(resource.parent)
    this.#resources.set(resource.name, resource)
    this.#resources.set(`${resource.kind}/${resource.number}`, resource)
  }

  find(kind: Kind, name: string): Resource | undefined {
    const resource = this.#resources.get(name)
    return resource?.kind === kind ? resource : undefined
  }

  known(name: string): Resource {
    const resource = this.#resources.get(name)
    if (!resource) throw new Error(`The sandbox has no ${name}: add it`)
    return resource
  }

  all(): Resource[] {
    return [...new Set(this.#resources.values())]
  }

  /** The resource and all above it, nearest first. */
  lineage(resource: Resource): Resource[] {
    const { parent } = resource
    return parent === undefined ? [resource] : [resource, ...this.lineage(this.known(parent))]
  }
}
