// A button of a check run of ours: the same as the command that it stands for.
import { commandOfButton } from '../../domain/commands/command-of-button.ts'
import type { ButtonPressed } from '../../domain/signals.ts'
import type { Deps } from '../deps.ts'
import { readGround } from '../gather-facts.ts'
import type { Held } from '../under-claim.ts'
import { carryOut } from './carry-out.ts'
import { orUnheard } from './unheard.ts'

export const pressButton = (deps: Deps, signal: ButtonPressed, held: Held): Promise<void> =>
  orUnheard(signal, () => press(deps, signal, held))

async function press(deps: Deps, signal: ButtonPressed, held: Held): Promise<void> {
  const command = commandOfButton(signal)
  const because = await whyNot(deps, signal, command === undefined)
  if (command === undefined || typeof because === 'string') {
    const { delivery, subject, button } = signal
    const log = { delivery, repo: subject.repositoryId, subject: subject.number, button, because }
    deps.log.info('button.ignored', log)
    return
  }
  const spoken = { signal, ground: because, held, act: signal.cause, asked: undefined }
  await carryOut(deps, { ...spoken, verb: command.verb }, command)
}

/** The ground it stands on, or why it is not heard. */
async function whyNot(deps: Deps, signal: ButtonPressed, meaningless: boolean) {
  if (meaningless) return 'it lacks its code'
  if (!deps.accounts.has(signal.subject.accountId)) return 'not served'
  if (signal.actor.type !== 'User') return 'no person'
  const ground = await readGround(deps, signal)
  if (ground === undefined) return 'subject is gone'
  return deps.accounts.has(ground.repository.accountId) ? ground : 'not served'
}
