// In which clouds a grant is open, and until when.
import type { Grant, Hold } from '../../src/domain/grants/types.ts'
import { bindingIdsOf } from '../../src/domain/lanes/bindings-of.ts'
import type { CloudName } from '../../src/domain/lanes/types.ts'
import { html, icon, time, type Html, type Icon } from './markup.ts'

const titles: Readonly<Record<CloudName, string>> = {
  aws: 'AWS',
  'identity-center': 'Identity Center',
  gcp: 'Google Cloud',
  azure: 'Azure',
}

/** Of a grant that is not over; nothing of others. */
export function openIn(grant: Grant, instance: string): Html {
  if (!('endsAt' in grant) || grant.phase === 'ended') return html``
  const { offer } = grant.revision
  const ids = bindingIdsOf(offer, grant.id, instance)
  const parts = offer.bindings.map(({ role }, index) => {
    const hold = grant.holds.find(({ bindingId }) => bindingId === ids[index])
    return [titles[role.cloud], hold?.state ?? 'wanted'] as const
  })
  return html`<ul class="open-in">
    ${parts.map(
      ([title, state]) =>
        html`<li>${icon(icons[state])} ${title}: ${words[state]} ${end(state, grant.endsAt)}</li>`,
    )}
  </ul>`
}

const end = (state: Hold['state'], endsAt: number): Html =>
  state === 'observed' ? html`until ${time(endsAt)}` : html``

const words: Readonly<Record<Hold['state'], string>> = {
  wanted: 'not yet',
  observed: 'open',
  released: 'being closed',
  gone: 'closed',
}

const icons: Readonly<Record<Hold['state'], Icon>> = {
  wanted: 'wait',
  observed: 'yes',
  released: 'some',
  gone: 'no',
}

/** ` in part, 2 of 3`, where it is not open everywhere. */
export function partly({ holds }: Grant): string {
  const open = holds.filter(({ state }) => state === 'observed').length
  return open === holds.length ? '' : ` in part, ${open} of ${holds.length}`
}
