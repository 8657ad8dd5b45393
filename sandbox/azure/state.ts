import { randomUUID } from 'node:crypto'
import type {
  Principal,
  RoleAssignment,
  RoleDefinition,
  Schedule,
  ScheduleRequest,
} from './entities.ts'
import { History, outside, Table, type Reason } from './history.ts'
import { asOf, latest, type View } from '../versions.ts'
import { KeyIndex } from './key-index.ts'
import { builtInRoles, roleKey } from './roles.ts'
import { RuleBook } from './rule-book.ts'
import { keyOf, liesIn, Places, subscriptionOf } from './scopes.ts'
import { spansOf } from './spans.ts'
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
  /** What was ever held, living or not: views of the past look there. */
  readonly #byScope = new KeyIndex()
  readonly #byPrincipal = new KeyIndex()
  readonly #byTriple = new KeyIndex()
  /** What is not known to be over, so that lists do not grow with what was. */
  readonly #livingByScope = new KeyIndex()
  readonly #livingBySubscription = new KeyIndex()
  readonly #requestsByScope = new KeyIndex()
  readonly #requestsByTriple = new KeyIndex()
  /** By the id under which it shows among role assignments, in lower case. */
  readonly #shown = new Map<string, string>()
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
    return latest
  }

  /** As it stood at a past instant; at a future one, as it stands. */
  asOf(at: number): View {
    return asOf(at)
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

  /** Found first and stored then: whoever waits for a change looks at once. */
  put(holding: Holding, reason: Reason): void {
    const { scope, key } = holding
    this.#byScope.add(keyOf(scope), key)
    this.#byPrincipal.add(holding.principalId.toLowerCase(), key)
    this.#byTriple.add(tripleOf(holding), key)
    this.#livingByScope.add(keyOf(scope), key)
    this.#livingBySubscription.add(subscriptionOf(scope) ?? '', key)
    this.#name(holding)
    if (holding.kind === 'assignment') return this.assignments.put(holding, reason)
    const shown = authorizationId(scope, 'roleAssignments', holding.assignmentName)
    this.#shown.set(shown.toLowerCase(), key)
    return this.schedules.put(holding, reason)
  }

  /** The key of the schedule that shows under a role assignment's id. */
  scheduleShownAs(id: string): string | undefined {
    return this.#shown.get(id.toLowerCase())
  }

  remove(assignment: RoleAssignment, reason: Reason): void {
    const { scope, key } = assignment
    this.#livingByScope.delete(keyOf(scope), key)
    this.#livingBySubscription.delete(subscriptionOf(scope) ?? '', key)
    this.assignments.remove(key, reason)
  }

  putRequest(request: ScheduleRequest, reason: Reason): void {
    this.#name(request)
    this.#requestsByScope.add(keyOf(request.scope), request.key)
    this.#requestsByTriple.add(tripleOf(request), request.key)
    this.requests.put(request, reason)
  }

  /** The key under which a name was used last in the tenant. */
  named(kind: Named['kind'], tenantId: string, name: string): string | undefined {
    return this.#names.get(`${tenantId}/${kind}/${name.toLowerCase()}`)
  }

  keysOfTriple(triple: Triple): Iterable<string> {
    return this.#byTriple.get(tripleOf(triple))
  }
  requestKeysOfTriple(triple: Triple): Iterable<string> {
    return this.#requestsByTriple.get(tripleOf(triple))
  }
  keysOfPrincipal(principalId: string): Iterable<string> {
    return this.#byPrincipal.get(principalId.toLowerCase())
  }
  /** What is not over. */
  keysInSubscription(subscription: string): ReadonlySet<string> {
    return this.#livingBySubscription.living(subscription, this.#isOver)
  }

  /** Keys of what is held at the scope and above, and below it when asked for. */
  keysAround(scope: string, withBelow: boolean, view: View): string[] {
    const scopes = this.#scopesAround(this.#byScope, scope, withBelow)
    const living = view.at === Number.POSITIVE_INFINITY
    return scopes.flatMap((at) => [
      ...(living ? this.#livingByScope.living(at, this.#isOver) : this.#byScope.get(at)),
    ])
  }

  requestKeysAround(scope: string, withBelow: boolean): string[] {
    const scopes = this.#scopesAround(this.#requestsByScope, scope, withBelow)
    return scopes.flatMap((at) => [...this.#requestsByScope.get(at)])
  }

  readonly #isOver = (key: string): boolean => {
    const holding = this.holding(key)
    if (!holding) return true
    const now = this.now()
    return holding.kind === 'schedule' && spansOf(holding).every(({ end }) => end <= now)
  }

  #scopesAround(index: KeyIndex, scope: string, withBelow: boolean): string[] {
    const scopes = new Set(this.places.chain(scope))
    if (withBelow)
      for (const key of index.unders())
        if (liesIn(key, keyOf(scope)) || this.#hangsBelow(key, scope)) scopes.add(key)
    return [...scopes]
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

export const newId = (): string => randomUUID()

export const authorizationId = (scope: string, type: string, name: string): string =>
  `${scope}/providers/Microsoft.Authorization/${type}/${name}`
