// Scopes and how they contain each other. Compared in lower case, answered as they were written.

/** Where management groups, subscriptions and resource groups hang. */
export class Places {
  readonly #managementGroups = new Map<string, Place>()
  readonly #subscriptions = new Map<string, Place>()
  readonly #resourceGroups = new Set<string>()
  /** What is locked, by key: `ReadOnly` refuses every change, `CanNotDelete` removals only. */
  readonly locks = new Map<string, Lock>()

  addManagementGroup(scope: string, place: Place): void {
    this.#managementGroups.set(keyOf(scope), place)
  }
  addSubscription(scope: string, place: Place): void {
    this.#subscriptions.set(keyOf(scope), place)
  }
  addResourceGroup(scope: string): void {
    this.#resourceGroups.add(keyOf(scope))
  }

  /** Undefined when it, or what it lies in, does not exist. Resources exist wherever their group does. */
  tenantOf(scope: string): string | undefined {
    const key = keyOf(scope)
    if (key.startsWith(managementPrefix)) return this.#managementGroups.get(key)?.tenantId
    const group = /^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+/.exec(key)?.[0]
    if (group !== undefined && !this.#resourceGroups.has(group)) return undefined
    return this.#subscriptions.get(subscriptionOf(key) ?? '')?.tenantId
  }

  /** The scope itself first, then what contains it, outwards. Keys. */
  chain(scope: string): string[] {
    const chain = within(keyOf(scope))
    const outermost = chain.at(-1) ?? ''
    let above = (this.#subscriptions.get(outermost) ?? this.#managementGroups.get(outermost))
      ?.parent
    for (; above !== undefined; above = this.#managementGroups.get(keyOf(above))?.parent)
      chain.push(keyOf(above))
    return chain
  }

  lockOf(scope: string, change: 'write' | 'delete'): string | undefined {
    return this.chain(scope).find((key) => {
      const lock = this.locks.get(key)
      return lock === 'ReadOnly' || (lock === 'CanNotDelete' && change === 'delete')
    })
  }
}

export type Lock = 'ReadOnly' | 'CanNotDelete'

interface Place {
  readonly tenantId: string
  /** The scope of the management group above. */
  readonly parent: string | undefined
}

const managementPrefix = '/providers/microsoft.management/managementgroups/'

/** One leading slash, none at the end, in lower case. */
export const keyOf = (scope: string): string => written(scope).toLowerCase()

/** The same in the case it came in. */
export const written = (scope: string): string => `/${scope.replace(/^\/|\/$/g, '')}`

/** The key of the subscription it lies in. */
export const subscriptionOf = (scope: string): string | undefined =>
  /^\/subscriptions\/[^/]+/.exec(keyOf(scope))?.[0]

/** Whether `below` is `above` or lies in it by its path alone. */
export const liesIn = (below: string, above: string): boolean =>
  below === above || below.startsWith(`${above}/`)

/** Resource, its parents, resource group, subscription: what the path alone tells. */
function within(key: string): string[] {
  if (key.startsWith(managementPrefix)) return [key]
  const chain: string[] = []
  const parts = key.split('/')
  const resource = parts[3] === 'resourcegroups' && parts[5] === 'providers'
  if (resource)
    for (let length = parts.length; length >= 9; length -= 2)
      chain.push(parts.slice(0, length).join('/'))
  if (parts[3] === 'resourcegroups' && parts.length >= 5) chain.push(parts.slice(0, 5).join('/'))
  chain.push(parts.slice(0, 3).join('/'))
  return chain
}
