// One command of somebody: whether they are heard, what it does, and what is answered.
import { isHeard, type Asker } from '../../domain/commands/least-standing.ts'
import { registry } from '../../domain/commands/registry.ts'
import type { Command } from '../../domain/commands/types.ts'
import { ActRepeated } from '../../domain/errors.ts'
import { code } from '../../domain/policy/quote.ts'
import type { Deps } from '../deps.ts'
import { acknowledge } from './acknowledge.ts'
import { help, roles, status, why } from './answer.ts'
import { approve, deny } from './approve.ts'
import { endOwn, revoke, withdraw } from './end.ts'
import { extend } from './extend.ts'
import { request } from './request.ts'
import { carry, quiet, type Reply, type Spoken } from './spoken.ts'
import { hasTitle } from './titles.ts'

/** Undefined: it was carried out before. */
export async function carryOut(
  deps: Deps,
  spoken: Spoken,
  command: Command,
): Promise<Reply | undefined> {
  if (await deps.ledger.hasAct(spoken.act)) return undefined
  try {
    if (!(await heard(deps, spoken, command))) return await carry(deps, spoken, {}, unheard(spoken))
    return await perform(deps, spoken, command)
  } catch (error) {
    // Another process was quicker with the same act.
    if (error instanceof ActRepeated) return undefined
    throw error
  }
}

async function heard(deps: Deps, spoken: Spoken, command: Command): Promise<boolean> {
  const { atLeast } = registry[command.verb]
  const { actorRole: role, repository } = spoken.ground
  const asker: Asker = { role, visibility: repository.visibility, titles: new Set() }
  if (isHeard(atLeast, asker)) return true
  const { title } = atLeast
  if (title === undefined || !isHeard(atLeast, { ...asker, titles: new Set([title]) })) return false
  return hasTitle(deps, spoken, title, command)
}

function unheard({ signal, ground, verb }: Spoken): Reply {
  const { login } = signal.actor
  return quiet(
    `${code(login)} has the role ${code(ground.actorRole)} on this repository, which is not enough for ${code(verb ?? '')}.`,
  )
}

function perform(deps: Deps, spoken: Spoken, command: Command): Promise<Reply> {
  switch (command.verb) {
    case 'request':
      return request(deps, spoken, command)
    case 'approve':
      return approve(deps, spoken, command)
    case 'deny':
      return deny(deps, spoken, command)
    case 'extend':
      return extend(deps, spoken, command)
    case 'done':
      return endOwn(deps, spoken)
    case 'withdraw':
      return withdraw(deps, spoken, command)
    case 'revoke':
      return revoke(deps, spoken, command)
    case 'acknowledge':
      return acknowledge(deps, spoken, command)
    case 'status':
      return status(deps, spoken)
    case 'roles':
      return roles(deps, spoken)
    case 'why':
      return why(deps, spoken, command)
    case 'help':
      return help(deps, spoken)
    default:
      return command satisfies never
  }
}
