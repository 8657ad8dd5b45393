// Who exists, and who existed: a mail address may be given to somebody else later, an id never.
import { randomInt } from 'node:crypto'

interface Version<T> {
  readonly at: number
  readonly value: T
}

class Timeline<T> {
  readonly #versions: Version<T>[] = []
  put(at: number, value: T): void {
    this.#versions.push({ at, value })
  }
  asOf(at: number): T | undefined {
    return this.#versions.findLast((version) => version.at <= at)?.value
  }
}

export interface Principal {
  /** `user:<mail>`, `serviceAccount:<mail>` or `group:<mail>`, in lower case. */
  readonly member: string
  /** 21 digits. */
  readonly uid: string
}

/** Google keeps mail addresses in lower case. Names of federated principals keep theirs. */
export const normalMember = (member: string): string => {
  const [, kind = '', rest = ''] = /^(user|serviceAccount|group|domain):(.*)$/.exec(member) ?? []
  return kind === '' ? member : `${kind}:${rest.toLowerCase()}`
}

export const deletedForm = ({ member, uid }: Principal): string => `deleted:${member}?uid=${uid}`

const digits = (length: number) =>
  Array.from({ length }, (_, n) => (n === 0 ? '1' : String(randomInt(10)))).join('')

export class Principals {
  /** Who holds a mail address; undefined for nobody. */
  readonly #holders = new Map<string, Timeline<string | undefined>>()
  readonly #groups = new Map<string, Timeline<readonly Principal[]>>()
  readonly #deleted = new Set<string>()
  readonly #now: () => number
  constructor(now: () => number) {
    this.#now = now
  }

  add(member: string): Principal {
    const name = normalMember(member)
    if (this.uidOf(name) !== undefined) throw new Error(`${name} is there already`)
    const principal = { member: name, uid: digits(21) }
    this.#hold(name, principal.uid)
    return principal
  }

  /** Answers whom it removed. */
  remove(member: string): Principal {
    const principal = this.known(member)
    this.#hold(principal.member, undefined)
    this.#deleted.add(deletedForm(principal))
    return principal
  }

  known(member: string): Principal {
    const name = normalMember(member)
    const uid = this.uidOf(name)
    if (uid === undefined) throw new Error(`The sandbox has nobody called ${name}: add it`)
    return { member: name, uid }
  }

  uidOf(member: string, at = Number.POSITIVE_INFINITY): string | undefined {
    return this.#holders.get(normalMember(member))?.asOf(at)
  }

  wasDeleted(form: string): boolean {
    return this.#deleted.has(form)
  }

  /** NB: members are kept by id: who is made anew under an old address is in no group of the old one's. */
  setGroup(group: string, members: readonly string[]): void {
    const timeline = this.#groups.get(group) ?? new Timeline()
    timeline.put(
      this.#now(),
      members.map((member) => this.known(member)),
    )
    this.#groups.set(group, timeline)
  }

  /** Every group that this principal is in at that instant, directly or through other groups. */
  groupsOf(principal: Principal, at: number): Principal[] {
    const found = new Map<string, Principal>()
    const open = [principal]
    for (let next = open.pop(); next; next = open.pop())
      for (const [group, timeline] of this.#groups) {
        const uid = this.uidOf(group, at)
        const inIt = timeline.asOf(at)?.some((it) => it.uid === next?.uid)
        if (uid === undefined || !inIt || found.has(group)) continue
        found.set(group, { member: group, uid })
        open.push({ member: group, uid })
      }
    return [...found.values()]
  }

  #hold(name: string, uid: string | undefined): void {
    const timeline = this.#holders.get(name) ?? new Timeline()
    timeline.put(this.#now(), uid)
    this.#holders.set(name, timeline)
  }
}
