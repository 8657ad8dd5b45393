// How GitHub's, the clouds' and the ledger's parts look.

export const contentStyles = `
.avatar {
  flex: none; display: inline-grid; place-items: center; width: 1.75rem; height: 1.75rem; border-radius: 50%;
  color: #fff; font-size: 0.75rem; font-weight: 700; text-transform: uppercase; line-height: 1;
}
.tint-0 { background: #8a3ffc; } .tint-1 { background: #0f62a8; } .tint-2 { background: #1f4fbf; }
.tint-3 { background: #006d64; } .tint-4 { background: #b0266b; } .tint-5 { background: #4d5358; }
.tint-6 { background: #7a5c00; } .tint-7 { background: #9a4a00; }

#head p { margin-top: 0.5rem; color: var(--muted); font-size: 0.875rem; }
#head strong { color: var(--ink); }
#head code { background: var(--sunk); padding: 0.125em 0.375em; border-radius: 0.25rem; }
.state { display: inline-block; padding: 0.0625rem 0.625rem; margin-right: 0.25rem; border-radius: 99rem; font-weight: 650; text-transform: capitalize; }
.state-open { background: var(--accent-soft); color: var(--accent); }
.state-closed { background: var(--bad-soft); color: var(--bad); }
.state-draft { background: var(--sunk); color: var(--muted); }
.state-merged { background: #e9e0fb; color: #5b35b5; }
.dot.state-open { background: var(--held); }

#work > * + * { margin-top: 1.5rem; }
.conversation { position: relative; display: grid; gap: 0.875rem; }
.conversation::before { content: ''; position: absolute; left: 0.875rem; top: 1rem; bottom: 0.5rem; width: 1px; background: var(--line); }
.comment, .act { position: relative; display: grid; grid-template-columns: 1.75rem minmax(0, 1fr); gap: 0.75rem; }
.comment > .avatar { margin-top: 0.3125rem; }
.comment article { border: 1px solid var(--line); border-radius: 0.625rem; overflow: hidden; background: var(--card); }
.comment header { padding: 0.4375rem 0.875rem; background: var(--sunk); border-bottom: 1px solid var(--line); font-size: 0.875rem; }
.comment .markdown { padding: 0.75rem 0.875rem; }
.by-app article { border-color: color-mix(in srgb, var(--accent) 45%, var(--line)); }
.by-app header { background: var(--accent-soft); border-color: color-mix(in srgb, var(--accent) 25%, var(--line)); }
.by-app > .avatar { background: var(--accent); color: var(--accent-ink); border-radius: 0.5rem; }
.tag { padding: 0 0.375rem; border: 1px solid currentColor; border-radius: 99rem; font-size: 0.6875rem; font-weight: 600; color: var(--muted); }
.act { align-items: start; font-size: 0.875rem; color: var(--muted); }
.act .avatar { width: 1.25rem; height: 1.25rem; font-size: 0.625rem; margin: 0.0625rem 0 0 0.25rem; }
.act strong { color: var(--ink); }
.about { color: var(--ink); background: var(--sunk); border: 1px solid var(--line); border-radius: 99rem; padding: 0.0625rem 0.5rem; }
.reactions { display: flex; gap: 0.375rem; padding: 0 0.875rem 0.75rem; }
.reactions li { border: 1px solid var(--line); border-radius: 99rem; padding: 0 0.5rem; font-size: 0.8125rem; }

.markdown > :first-child { margin-top: 0; } .markdown > :last-child { margin-bottom: 0; }
.markdown p, .markdown ul, .markdown ol, .markdown pre, .markdown table, .markdown blockquote, .markdown details { margin: 0 0 0.75rem; }
.markdown h1, .markdown h2, .markdown h3, .markdown h4 { font-size: 1rem; line-height: 1.3; margin: 1rem 0 0.5rem; letter-spacing: -0.01em; }
.markdown ul { list-style: disc; padding-left: 1.375rem; } .markdown ol { list-style: decimal; padding-left: 1.375rem; }
.markdown code { background: var(--sunk); padding: 0.125em 0.3em; border-radius: 0.25rem; }
.markdown pre { background: var(--sunk); border-radius: 0.5rem; padding: 0.625rem 0.75rem; overflow-x: auto; }
.markdown pre code { background: none; padding: 0; }
.markdown table { display: block; width: max-content; max-width: 100%; overflow-x: auto; border-collapse: collapse; font-size: 0.8125rem; }
.markdown th, .markdown td { padding: 0.3125rem 0.625rem; border: 1px solid var(--line); text-align: left; vertical-align: top; overflow-wrap: normal; min-width: 5.75rem; }
.markdown td code { white-space: break-spaces; }
.markdown th { background: var(--sunk); font-weight: 650; }
.markdown blockquote { padding-left: 0.875rem; border-left: 3px solid var(--line); color: var(--muted); }
summary { cursor: pointer; }

.icon { flex: none; vertical-align: -0.1875rem; }
.icon circle { fill: var(--muted); } .icon path { fill: none; stroke: var(--card); stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
.icon-yes circle { fill: var(--held); } .icon-no circle { fill: var(--bad); } .icon-wait circle, .icon-run circle { fill: var(--wait); }
.icon-run path { stroke-width: 5; }
#checks h2, .composer h2 { margin-bottom: 0.5rem; }
.checks { border: 1px solid var(--line); border-radius: 0.625rem; }
.checks > li { padding: 0.75rem 0.875rem; }
.checks > li + li { border-top: 1px solid var(--line); }
.check { display: flex; flex-wrap: wrap; gap: 0.375rem 0.75rem; align-items: start; }
.check .icon { margin-top: 0.1875rem; }
.check > div:nth-child(2) { flex: 1 1 14rem; min-width: 0; }
.check p { color: var(--muted); font-size: 0.875rem; }
.checks details { margin: 0.25rem 0 0 1.75rem; font-size: 0.8125rem; }
.checks details summary { color: var(--muted); }
.checks details[open] summary { margin-bottom: 0.625rem; }
.annotations li { padding: 0.375rem 0; border-top: 1px solid var(--line); }
.composer .buttons { margin-top: 0.625rem; }
.composer #moves .buttons { margin-top: 0.375rem; }
.suggestions { display: flex; flex-wrap: wrap; gap: 0.25rem; margin-top: 0.375rem; }
.suggestions button { font: 0.75rem/1.4 var(--mono); padding: 0.125rem 0.5rem; color: var(--muted); background: none; border-radius: 99rem; text-align: left; }
.suggestions button:hover { color: var(--ink); }
.controls {
  display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: 1rem 1.5rem; padding: 0.875rem 0 1rem; font-size: 0.875rem;
  border: solid var(--line); border-width: 1px 0;
}
.controls section { display: grid; grid-template-rows: auto 1fr auto auto; }
.controls .plain, .controls p { margin-top: 0.25rem; }
.controls .plain { display: flex; flex-wrap: wrap; gap: 0 0.75rem; }
.plain li { display: flex; align-items: center; gap: 0.5rem; padding: 0.125rem 0; }
.plain .avatar { width: 1.25rem; height: 1.25rem; font-size: 0.625rem; }
.label { padding: 0.0625rem 0.625rem; border-radius: 99rem; background: var(--wait-soft); color: var(--wait); font-size: 0.8125rem; font-weight: 600; }

.cloud { width: 100%; border-collapse: collapse; font-size: 0.8125rem; }
.cloud th { text-align: left; font-weight: 600; vertical-align: top; }
.cloud thead th { color: var(--muted); font-size: 0.75rem; padding: 0 0.5rem 0 0; }
.cloud code { display: block; font-weight: 400; font-size: 0.6875rem; color: var(--muted); }
.cloud tr > * { padding: 0.3125rem 0.5rem 0.3125rem 0; }
.cloud tr > :last-child { padding-right: 0; }
.cloud tbody tr:first-child > * { border-top: 1px solid var(--line); padding-top: 0.5rem; }
.cloud td { white-space: nowrap; width: 1%; }
.how { display: flex; flex-wrap: wrap; gap: 0.25rem 0.5rem; align-items: center; justify-content: space-between; }
.choices { display: flex; }
.choices button { padding: 0.0625rem 0.5rem; font-size: 0.75rem; font-weight: 400; color: var(--muted); border-radius: 0; margin-left: -1px; }
.choices button:first-child { border-radius: 0.5rem 0 0 0.5rem; } .choices button:last-child { border-radius: 0 0.5rem 0.5rem 0; }
.choices [aria-pressed='true'] { font-weight: 650; color: var(--wait); background: var(--wait-soft); }
.choices :first-child[aria-pressed='true'] { color: var(--accent); background: var(--accent-soft); }
.choices :last-child[aria-pressed='true'] { color: var(--bad); background: var(--bad-soft); }
.allowed { color: var(--accent); font-weight: 650; } .denied { color: var(--muted); }
.denied .icon circle { fill: none; stroke: var(--line); stroke-width: 1.5; r: 7px; } .denied .icon path { stroke: var(--muted); stroke-width: 1.5; }
.policies, #cloud > p { margin-top: 0.625rem; padding-top: 0.625rem; border-top: 1px solid var(--line); font-size: 0.8125rem; }
.policies li { padding: 0.125rem 0; }
.policies pre { margin: 0.375rem 0; padding: 0.625rem; max-height: 16rem; overflow: auto; background: var(--sunk); border-radius: 0.5rem; font-size: 0.6875rem; overflow-wrap: normal; }

.bars { display: grid; gap: 0.625rem; font-size: 0.8125rem; }
.bars p { display: flex; flex-wrap: wrap; gap: 0 0.5rem; align-items: baseline; }
.bars p span { color: var(--muted); margin-left: auto; }
.bars li > svg { display: block; width: 100%; height: 0.625rem; margin-top: 0.1875rem; border-radius: 0.1875rem; background: var(--sunk); }
.open-in { display: flex; flex-wrap: wrap; gap: 0.125rem 0.75rem; margin-top: 0.25rem; font-size: 0.75rem; color: var(--muted); }
#bars .open-in svg { display: inline; margin: 0; background: none; width: 0.75rem; height: 0.75rem; vertical-align: -0.09375rem; }
.open-in .icon-no circle { fill: var(--muted); }
.asked { fill: var(--asked); background: var(--asked); } .set-up { fill: var(--asked); }
.held { fill: var(--held); background: var(--held); } .ahead { fill: var(--ahead); background: var(--ahead); }
.ending { fill: var(--ending); background: var(--ending); } .now { fill: var(--ink); }
.scale { display: flex; justify-content: space-between; font-size: 0.6875rem; font-variant-numeric: tabular-nums; margin-top: 0.25rem; }
.legend { display: flex; flex-wrap: wrap; gap: 0.125rem 0.375rem; align-items: center; font-size: 0.6875rem; margin-top: 0.375rem; }
.key { width: 0.625rem; height: 0.625rem; border-radius: 0.125rem; } .key + .key, .legend .key:not(:first-child) { margin-left: 0.5rem; }

#log:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
#log { max-height: 20rem; overflow-y: auto; }
.log { font-size: 0.8125rem; font-variant-numeric: tabular-nums; }
.log li { display: grid; grid-template-columns: 2rem minmax(0, 1fr) auto auto; gap: 0.5rem; padding: 0.25rem 0; align-items: baseline; }
.log li + li { border-top: 1px solid var(--line); }
.log .position { color: var(--muted); text-align: right; }
.log small { display: block; }
.log code { color: var(--muted); font-size: 0.6875rem; }
`
