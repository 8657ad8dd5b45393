// All changes of one lane as one edit of its policy. What is not ours stays as it is, where it is.
import { CloudError } from '../../domain/errors.ts'
import type { BindingId, Change } from '../../domain/lanes/types.ts'
import type { Instant } from '../../domain/time.ts'
import { endOf, markOf } from './condition.ts'
import { sizeOf, sizeOfBinding, whyNot, type Size } from './limits.ts'
import {
  bindingsIn,
  givenIn,
  isDeletedFormOf,
  membersOf,
  stateOf,
  titleOf,
  wantedOf,
  type GcpBinding,
  type GcpPolicy,
  type Given,
} from './policy.ts'

/** For how long a binding of ours that is over may stand before a write takes it along. */
const kept = 24 * 3_600_000

export interface Edit {
  /** The policy as it was read, but for the bindings. The same object where nothing has to change. */
  readonly policy: GcpPolicy
  /** What cannot be carried out, whatever becomes of the rest. */
  readonly refused: ReadonlyMap<BindingId, CloudError>
  /** Whether something goes along that nobody asked for: what is long over. */
  readonly purges: boolean
}

export interface EditContext {
  readonly resource: string
  readonly instance: string
  /** Whether what is long over may go along. */
  readonly purging: boolean
  /** The cloud's own time. */
  readonly cloudAt: Instant
}

/** NB: by the address alone nobody can tell the one who was granted from whoever has the address now. */
function goneHolder(
  { binding, principal }: Given,
  found: readonly GcpBinding[],
): CloudError | undefined {
  const deleted = found.some((it) =>
    membersOf(it).some((m) => isDeletedFormOf(m, principal.member)),
  )
  return deleted
    ? new CloudError(
        'missing',
        `Google Cloud: the account that ${binding.name} was made for was deleted, and it is not put back for whoever has the address now`,
      )
    : undefined
}

class Editor {
  readonly refused = new Map<BindingId, CloudError>()
  #bindings: readonly GcpBinding[]
  #size: Size
  readonly #context: EditContext

  constructor(policy: GcpPolicy, context: EditContext) {
    this.#bindings = bindingsIn(policy)
    this.#size = sizeOf(policy)
    this.#context = context
  }

  get bindings(): readonly GcpBinding[] {
    return this.#bindings
  }

  drop(isDropped: (binding: GcpBinding) => boolean): void {
    const left = this.#bindings.filter((it) => !isDropped(it))
    if (left.length === this.#bindings.length) return
    this.#size = this.#sizeWithout(this.#bindings.filter(isDropped))
    this.#bindings = left
  }

  put(given: Given): void {
    const { name, id } = given.binding
    const found = this.#bindings.filter((it) => titleOf(it) === name)
    if (stateOf(given, found) === 'present') return
    const wanted = wantedOf(given)
    const others = this.#bindings.filter((it) => titleOf(it) !== name)
    const after = plus(this.#sizeWithout(found), sizeOfBinding(wanted))
    const beside = { others, before: this.#size, after, resource: this.#context.resource }
    const refusal = goneHolder(given, found) ?? whyNot(wanted, beside)
    if (refusal) return void this.refused.set(id, refusal)
    const [first] = found
    const at = first === undefined ? this.#bindings.length : this.#bindings.indexOf(first)
    this.#bindings = others.toSpliced(at, 0, wanted)
    this.#size = after
  }

  #sizeWithout(gone: readonly GcpBinding[]): Size {
    return gone.map(sizeOfBinding).reduce(minus, this.#size)
  }
}

const plus = (a: Size, b: Size): Size => ({
  principals: a.principals + b.principals,
  bytes: a.bytes + b.bytes,
})
const minus = (a: Size, b: Size): Size => ({
  principals: a.principals - b.principals,
  bytes: a.bytes - b.bytes,
})

/**
 * Removals first: they make the room that puts may need. So does what is long over; it goes with a write that is made
 * anyway, and is no reason for one.
 */
export function editPolicy(
  policy: GcpPolicy,
  changes: readonly Change[],
  context: EditContext,
): Edit {
  const given = changes.map((it) => ({ ...it, given: givenIn(context.resource, it.binding) }))
  const asked = new Set(changes.map((it) => it.binding.name))
  const removed = new Set(changes.filter((it) => it.do === 'remove').map((it) => it.binding.name))
  const editor = new Editor(policy, context)
  const whole = editor.bindings
  if (context.purging) editor.drop((it) => isLongOver(it, asked, context))
  const purged = editor.bindings
  editor.drop((it) => removed.has(titleOf(it)))
  for (const it of given) if (it.do === 'put') editor.put(it.given)
  const { refused, bindings } = editor
  return bindings === purged
    ? { policy, refused, purges: false }
    : { policy: { ...policy, bindings: [...bindings] }, refused, purges: purged !== whole }
}

function isLongOver(
  binding: GcpBinding,
  asked: ReadonlySet<string>,
  { instance, cloudAt }: EditContext,
): boolean {
  const title = titleOf(binding)
  if (!title.startsWith(markOf(instance)) || asked.has(title)) return false
  const end = endOf(binding.condition?.expression ?? '')
  return end !== undefined && end + kept < cloudAt
}
