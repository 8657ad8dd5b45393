// Small pieces of the page that several parts share.
import { html as template } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'

export type Html = HtmlEscapedString

/** Escapes what it is given. NB: nothing that is passed in may be a promise. */
export const html = (strings: TemplateStringsArray, ...values: unknown[]): Html =>
  template(strings, ...values) as Html

const tints = 8

/** Decoration: the name stands beside it. */
export function avatar(login: string): Html {
  const tint = (login.codePointAt(0) ?? 0) % tints
  return html`<span class="avatar tint-${tint}" aria-hidden="true">${login.slice(0, 1)}</span>`
}

export const time = (at: number): Html => {
  const iso = new Date(at).toISOString()
  return html`<time datetime="${iso}">${iso.slice(11, 19)}</time>`
}

/** `1 min 05 s` */
export function lasting(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60]
  return minutes === 0 ? `${rest} s` : `${minutes} min ${String(rest).padStart(2, '0')} s`
}

const icons = {
  yes: 'M4 8.5l2.6 2.6L12 5.6',
  no: 'M5 5l6 6M11 5l-6 6',
  wait: 'M8 4.5v3.8l2.4 1.5',
  some: 'M4.5 8h7',
  run: 'M8 8h.01',
} as const
export type Icon = keyof typeof icons

/** A mark in a disc. Decoration: the word stands beside it. */
export const icon = (name: Icon): Html =>
  html`<svg class="icon icon-${name}" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
    <circle cx="8" cy="8" r="8" />
    <path d="${icons[name]}" />
  </svg>`
