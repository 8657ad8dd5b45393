import { randomUUID } from 'node:crypto'
import type {
  Principal,
  RoleAssignment,
  RoleDefinition,
  Schedule,
  ScheduleRequest,
} from './entities.ts'
import { History, outside, Table, type Reason, type View } from './history.ts'
import { builtInRoles, roleKey } from './roles.ts'
import { RuleBook } from './rule-book.ts'
import { keyOf, liesIn, Places, subscriptionOf } from './scopes.ts'
import { defaultSettings, type Settings } from './settings.ts'

export type Holding = RoleAssignment | Schedule

/** Everything that the simulated Azure knows. */
export class State {
  readonly history: History
  readonly settings: Settings = defaultSettings()
  readonly places = new Places()
  /** By tenant id in lower case. */
  readonly tenants = new Map<string, { licensed: boolean }>()
  readonly rules = new RuleBook()
  readonly principals: Table<Principal>
  readonly roles: Table<RoleDefinition>
  readonly assignments: Table<RoleAssignment>
  readonly schedules: Table<Schedule>
  readonly requests: Table<ScheduleRequest>
  // What was ever held, living or not: views of the past look there too.
  readonly #byScope = new Map<string, Set<string>>()
  readonly #byPrincipal = new Map<string, Set<string>>()
  readonly #byTriple = new Map<string, Set<string>>()
  /** By the id under which it shows among role assignments, in lower case. */
  readonly #shown = new Map<string, string>()
  readonly #requestsByScope = new Map<string, Set<string>>()
  readonly #requestsByTriple = new Map<string, Set<string>>()
  readonly #bySubscription = new Map<string, Set<string>>()
  /** `<tenant>/<kind>/<name>` → key. */
  readonly #names = new Map<string, string>()

  constructor(now: () => number) {
    this.history = new History(now)
    this.principals = new Table(this.history)
    this.roles = new Table(this.history)
    this.assignments = new Table(this.history)
    this.schedules = new Table(this.history)
    this.requests = new Table(this.history)
    for (const role of builtInRoles) this.roles.put(role, outside('built in'))
  }

  now(): number {
    return this.history.now()
  }

  /** As of now, all changes included. */
  get latest(): View {
    return { at: Number.POSITIVE_INFINITY, upTo: Number.POSITIVE_INFINITY }
  }

  /** As it stood at a past instant; at a future one, as it stands. */
  asOf(at: number): View {
    return { at, upTo: 0 }
  }

  principal(id: string, view: View = this.latest): Principal | undefined {
    return this.principals.get(`principals/${id.toLowerCase()}`, view)
  }

  role(id: string, view: View = this.latest): RoleDefinition | undefined {
    return this.roles.get(roleKey(id), view)
  }

  /** The latest record under a key, or as the view has it. */
  holding(key: string, view: View = this.latest): Holding | undefined {
    return this.assignments.get(key, view) ?? this.schedules.get(key, view)
  }

  put(holding: Holding, reason: Reason): void {
    if (holding.kind === 'assignment') this.assignments.put(holding, reason)
    else this.#putSchedule(holding, reason)
    add(this.#byScope, keyOf(holding.scope), holding.key)
    add(this.#byPrincipal, holding.principalId.toLowerCase(), holding.key)
    add(this.#byTriple, tripleOf(holding), holding.key)
    add(this.#bySubscription, subscriptionOf(holding.scope) ?? '', holding.key)
    this.#name(holding)
  }

  #putSchedule(schedule: Schedule, reason: Reason): void {
    const shown = authorizationId(schedule.scope, 'roleAssignments', schedule.assignmentName)
    this.#shown.set(shown.toLowerCase(), schedule.key)
    this.schedules.put(schedule, reason)
  }

  /** The key of the schedule that shows under a role assignment's id. */
  scheduleShownAs(id: string): string | undefined {
    return this.#shown.get(id.toLowerCase())
  }

  remove(assignment: RoleAssignment, reason: Reason): void {
    this.#bySubscription.get(subscriptionOf(assignment.scope) ?? '')?.delete(assignment.key)
    this.assignments.remove(assignment.key, reason)
  }

  putRequest(request: ScheduleRequest, reason: Reason): void {
    this.requests.put(request, reason)
    this.#name(request)
    add(this.#requestsByScope, keyOf(request.scope), request.key)
    add(this.#requestsByTriple, tripleOf(request), request.key)
  }

  /** The key under which a name was used last in the tenant. */
  named(kind: Named['kind'], tenantId: string, name: string): string | undefined {
    return this.#names.get(`${tenantId}/${kind}/${name.toLowerCase()}`)
  }

  keysOfTriple(triple: Triple): Iterable<string> {
    return this.#byTriple.get(tripleOf(triple)) ?? []
  }
  requestKeysOfTriple(triple: Triple): Iterable<string> {
    return this.#requestsByTriple.get(tripleOf(triple)) ?? []
  }
  keysOfPrincipal(principalId: string): Iterable<string> {
    return this.#byPrincipal.get(principalId.toLowerCase()) ?? []
  }
  keysInSubscription(subscription: string): ReadonlySet<string> {
    return this.#bySubscription.get(subscription) ?? new Set()
  }

  /** Keys of what is held, or was asked for, at the scope and above, and below it when asked for. */
  keysAround(scope: string, withBelow: boolean, what: 'holdings' | 'requests' = 'holdings') {
    const index = what === 'holdings' ? this.#byScope : this.#requestsByScope
    const scopes = new Set(this.places.chain(scope))
    if (withBelow)
      for (const key of index.keys())
        if (liesIn(key, keyOf(scope)) || this.#hangsBelow(key, scope)) scopes.add(key)
    return [...scopes].flatMap((key) => [...(index.get(key) ?? [])])
  }

  /** What hangs below a management group cannot be told from paths. */
  #hangsBelow(below: string, above: string): boolean {
    return keyOf(above).startsWith('/providers/') && this.places.chain(below).includes(keyOf(above))
  }

  #name(named: Named): void {
    const tenantId = this.places.tenantOf(named.scope)
    if (tenantId === undefined) throw new Error(`${named.scope} is in no tenant`)
    this.#names.set(`${tenantId}/${named.kind}/${named.name.toLowerCase()}`, named.key)
  }
}

type Named = Holding | ScheduleRequest

export interface Triple {
  readonly scope: string
  readonly principalId: string
  readonly roleDefinitionId: string
}

const tripleOf = (triple: Triple) =>
  `${keyOf(triple.scope)} ${triple.principalId.toLowerCase()} ${roleKey(triple.roleDefinitionId)}`

function add(index: Map<string, Set<string>>, under: string, key: string): void {
  const keys = index.get(under)
  if (keys) keys.add(key)
  else index.set(under, new Set([key]))
}

export const newId = (): string => randomUUID()

export const authorizationId = (scope: string, type: string, name: string): string =>
  `${scope}/providers/Microsoft.Authorization/${type}/${name}`
