// How the page looks, by light and in the dark, on a desk and on a phone.
import { contentStyles } from './styles-content.ts'

const base = `
:root {
  color-scheme: light dark;
  --paper: #f4f3ee; --card: #fffefb; --sunk: #f4f3ee; --ink: #1a1f1d; --muted: #5a625d; --line: #dcd9cf;
  --accent: #0b6e4f; --accent-ink: #ffffff; --accent-soft: #dcefe5;
  --wait: #8a5a00; --wait-soft: #f7e7c3; --bad: #a8271b; --bad-soft: #f9e0db; --link: #0a57b5;
  --asked: #d9b45a; --held: #17936a; --ahead: #bfe0d1; --ending: #d2705f;
  --sans: Inter, ui-sans-serif, system-ui, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif;
  --mono: ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #101412; --card: #181d1a; --sunk: #111614; --ink: #e9ece8; --muted: #a0aaa4; --line: #2c3430;
    --accent: #4cc79a; --accent-ink: #06251a; --accent-soft: #17362a;
    --wait: #e7b95a; --wait-soft: #38290b; --bad: #f28b7d; --bad-soft: #401d18; --link: #7ab8ff;
    --asked: #b38a32; --held: #2fae81; --ahead: #1f4a39; --ending: #b8594a;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 90rem; padding: 0 clamp(1rem, 3vw, 2.5rem) 4rem;
  background: var(--paper); color: var(--ink);
  font: 0.9375rem/1.5 var(--sans); text-wrap: pretty; overflow-wrap: anywhere;
}
h1, h2, p, ul, ol, fieldset { margin: 0; padding: 0; border: 0; }
ul, ol { list-style: none; }
h1 { font-size: 1.5rem; line-height: 1.25; font-weight: 650; letter-spacing: -0.015em; text-wrap: balance; }
h2 { font-size: 0.8125rem; font-weight: 650; letter-spacing: 0.01em; }
a { color: var(--link); }
code, pre, .about { font-family: var(--mono); font-size: 0.86em; }
small { font-size: 0.75rem; }
.muted, small { color: var(--muted); font-weight: 400; }
.unseen {
  position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
}
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: 0.5rem; z-index: 3; padding: 0.5rem 1rem; background: var(--card); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
[tabindex='-1']:focus { outline: 0; }

.top { display: grid; grid-template-columns: auto minmax(0, 1fr) auto; gap: 0.25rem 1.5rem; align-items: center; padding: 1.25rem 0 0.75rem; }
.brand { display: flex; align-items: center; gap: 0.5rem; font-size: 1.125rem; font-weight: 700; letter-spacing: -0.02em; }
.brand span { color: var(--muted); font-weight: 400; }
.brand svg { fill: var(--accent); stroke: var(--paper); stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
.brand svg path:first-child { stroke: none; }
.brand svg path:last-child { fill: none; }
.lead { color: var(--muted); }
.tour { font-size: 0.875rem; }
.tour[open] { grid-column: 1 / -1; }
.tour summary { color: var(--link); font-weight: 600; width: max-content; }
.tour ol { list-style: decimal; padding: 0.5rem 0 0.25rem 1.25rem; max-width: 68ch; color: var(--muted); }
.tour li + li { margin-top: 0.25rem; }
.top nav { grid-column: 1 / -1; }
.subjects { display: flex; flex-wrap: wrap; gap: 0.375rem; margin-top: 0.75rem; }
.subjects li { min-width: 0; max-width: 100%; }
.subjects a {
  display: flex; align-items: center; gap: 0.5rem; padding: 0.375rem 0.75rem; border: 1px solid var(--line); border-radius: 99rem;
  color: var(--muted); text-decoration: none; font-size: 0.8125rem; max-width: 26rem; white-space: nowrap;
}
.subjects a > span:last-child { overflow: hidden; text-overflow: ellipsis; }
.subjects a > span:nth-child(2) { color: var(--ink); font-weight: 600; }
.subjects a:hover { border-color: var(--muted); }
.subjects a[aria-current] { background: var(--card); border-color: var(--ink); color: var(--ink); }
.dot { flex: none; width: 0.5rem; height: 0.5rem; border-radius: 50%; background: var(--held); }
.dot.state-closed { background: var(--bad); } .dot.state-merged { background: #7a58c9; } .dot.state-draft { background: var(--muted); }

#act {
  position: sticky; top: 0; z-index: 2; margin: 0 -0.75rem; padding: 0.5rem 0.75rem;
  background: color-mix(in srgb, var(--paper) 92%, transparent); backdrop-filter: blur(8px);
}
.identities { display: flex; flex-wrap: wrap; gap: 0.25rem 0.375rem; align-items: center; }
.identities legend { float: left; padding: 0 0.5rem 0 0; font-weight: 650; font-size: 0.8125rem; }
.identities label {
  display: flex; align-items: center; gap: 0.5rem; padding: 0.25rem 0.75rem 0.25rem 0.25rem; line-height: 1.15;
  border: 1px solid transparent; border-radius: 99rem; cursor: pointer; font-size: 0.875rem; font-weight: 600;
}
.identities label:hover { border-color: var(--line); }
.identities label:has(:checked) { background: var(--card); border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); }
.identities label:has(:focus-visible) { outline: 2px solid var(--link); outline-offset: 2px; }
.identities input { position: absolute; opacity: 0; }
.identities small { display: block; }

.said { min-height: 1.5rem; padding: 0.125rem 0 0.5rem; color: var(--accent); white-space: pre-line; font-size: 0.875rem; }
.said[data-ok='false'] { color: var(--bad); }
[data-lost] .said::after { content: 'The demo does not answer: it may have ended.'; color: var(--bad); }

.columns { display: grid; grid-template-columns: minmax(0, 1fr) minmax(20rem, 25rem); gap: 1.5rem; align-items: start; }
main, aside > section, .policy { background: var(--card); border: 1px solid var(--line); border-radius: 0.75rem; }
main { padding: 1.5rem; }
aside { display: grid; gap: 1rem; position: sticky; top: 4rem; }
aside > section { padding: 1rem 1.125rem; min-width: 0; }
aside h2 { margin-bottom: 0.625rem; font-size: 0.9375rem; letter-spacing: -0.01em; }
.policy { margin-top: 1.5rem; padding: 1.25rem 1.5rem 1.5rem; }
.policy h2 { font-size: 1rem; }
.policy p { color: var(--muted); margin-bottom: 0.75rem; }
.policy .said { color: var(--accent); margin: 0; }
.policy .said[data-ok='false'] { color: var(--bad); }

button {
  font: inherit; font-size: 0.8125rem; font-weight: 600; padding: 0.375rem 0.75rem; border-radius: 0.5rem; cursor: pointer;
  color: var(--ink); background: var(--card); border: 1px solid var(--line);
}
button:hover { border-color: var(--muted); }
button:active { translate: 0 1px; }
button.primary { background: var(--accent); border-color: var(--accent); color: var(--accent-ink); }
button.primary:hover { filter: brightness(1.08); }
.buttons { display: flex; flex-wrap: wrap; gap: 0.375rem; }
select, textarea {
  width: 100%; font: inherit; color: inherit; background: var(--sunk); border: 1px solid var(--line); border-radius: 0.5rem; padding: 0.5rem 0.625rem;
}
select { font-size: 0.8125rem; padding: 0.3125rem 0.5rem; margin: 0.375rem 0; }
textarea { resize: vertical; font-family: var(--mono); font-size: 0.8125rem; line-height: 1.55; }
#policy-text { white-space: pre; overflow-x: auto; }
textarea::placeholder { color: var(--muted); opacity: 1; }

@media (max-width: 68rem) { .columns { grid-template-columns: minmax(0, 1fr); } aside { position: static; } }
@media (max-width: 44rem) {
  .top { grid-template-columns: minmax(0, 1fr); padding-top: 1rem; }
  main, .policy { padding: 1rem; }
  .identities label { padding-right: 0.5rem; gap: 0.375rem; }
  .identities label small { display: none; }
  .identities label .avatar { width: 1.25rem; height: 1.25rem; font-size: 0.625rem; }
  .subjects a { max-width: 100%; }
  h1 { font-size: 1.25rem; }
  select, textarea, button { font-size: 1rem; }
  button { padding: 0.5rem 0.75rem; font-size: 0.875rem; }
}
@media (prefers-reduced-motion: reduce) { * { transition: none !important; } }
`

export const styles = base + contentStyles
