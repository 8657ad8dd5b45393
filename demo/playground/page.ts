// The page. Everything that is typed or chosen stands outside of the parts that change by themselves.
import { raw } from 'hono/html'
import type { Issue } from '../../sandbox/github/index.ts'
import type { Stage } from '../stage.ts'
import { composer, controls, identities } from './forms.ts'
import { html, type Html } from './markup.ts'
import { place, type PartId, type Parts } from './parts.ts'
import { script } from './script.ts'
import { styles } from './styles.ts'

export interface Page {
  readonly stage: Stage
  readonly on: Issue
  readonly parts: Parts
  readonly nonce: string
  readonly policy: string
  /** For who comes without scripts: what became of the last act. */
  readonly said: string
  readonly policySaid: string
}

const mark =
  '<svg viewBox="0 0 32 32" width="32" height="32" aria-hidden="true"><path d="M4 8h24v5a3 3 0 0 0 0 6v5H4v-5a3 3 0 0 0 0-6z"/><path d="M13 16.5l2.2 2.2 4.3-5" /></svg>'
const favicon = `data:image/svg+xml,${encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="#0b6e4f" d="M4 8h24v5a3 3 0 0 0 0 6v5H4v-5a3 3 0 0 0 0-6z"/></svg>')}`

export function page(of: Page): Html {
  const part = (id: PartId) => place(of.parts[id], id === 'log')
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${of.on.title} · Hallpass playground</title>
        <link rel="icon" href="${favicon}" />
        <style nonce="${of.nonce}">
          ${raw(styles)}
        </style>
      </head>
      <body data-subject="${of.on.number}">
        <a class="skip" href="#work">Skip to the conversation</a>
        <header class="top">
          <p class="brand">${raw(mark)} Hallpass <span>playground</span></p>
          <p class="lead">
            Ask for a review, and watch access open in three clouds, and end. GitHub and the clouds
            are simulated; Hallpass between them is real.
          </p>
          ${tour}
          <nav aria-label="Pull requests and issues">${part('subjects')}</nav>
        </header>
        <form id="act" method="post" action="/act/none">
          <button type="submit" disabled hidden></button>
          <input type="hidden" name="on" value="${of.on.number}" />
          ${identities(of.stage)}
        </form>
        <p id="said" class="said" role="status" aria-live="polite">${of.said}</p>
        <div class="columns">
          <main id="work" aria-label="The conversation on GitHub">
            ${part('head')} ${controls(of.on, part)} ${part('conversation')} ${part('checks')}
            ${composer(of.on, part)}
          </main>
          <aside aria-label="The clouds and the ledger">
            <section aria-labelledby="cloud-title">
              <h2 id="cloud-title">What the clouds allow now</h2>
              ${part('cloud')}
            </section>
            <section aria-labelledby="bars-title">
              <h2 id="bars-title">Who held what when</h2>
              ${part('bars')}
            </section>
            <section aria-labelledby="log-title">
              <h2 id="log-title">The ledger's log</h2>
              ${part('log')}
            </section>
          </aside>
        </div>
        ${policyForm(of)}
        <script nonce="${of.nonce}">
          ${raw(script)}
        </script>
      </body>
    </html>`
}

const tour = html`<details class="tour">
  <summary>Six things to try</summary>
  <ol>
    <li>
      Be alice and request octocat's review: octocat may read the logs in AWS, Google Cloud and
      Azure, for two minutes. Be octocat and approve the changes: it is over in all three.
    </li>
    <li>
      Make Google Cloud read-only and request mona's review: access is active in part, 2 of 3. Make
      it well, and it catches up. Or take it down while somebody has access: Google Cloud itself
      still ends it when the lease is over.
    </li>
    <li>
      Be mona and comment <code>/access request orders-data-write for 3m because …</code>, then be
      sam and press Approve at the check. alice and octocat may press it too: see what they hear.
    </li>
    <li>
      Be whoever holds something and comment <code>/access extend 5m</code>, or
      <code>/access done</code>. Be anybody but tom and comment <code>/access revoke</code>.
    </li>
    <li>
      In the issue, assign mona and add the label <code>incident/orders</code>. Or be octocat and
      add <code>break-glass</code>: access at once, and a debt to be acknowledged.
    </li>
    <li>Change the policy at the end of this page, and ask for a review again.</li>
  </ol>
</details>`

const policyForm = ({ policy, policySaid }: Page): Html =>
  html`<section class="policy" aria-labelledby="policy-title">
    <h2 id="policy-title">The policy</h2>
    <p>
      It decides who is offered what, by which act, for how long, and with whose approval. Change it
      and try again.
    </p>
    <form id="policy" method="post" action="/policy">
      <label class="unseen" for="policy-text">The organization's policy, in YAML</label>
      <textarea
        id="policy-text"
        name="text"
        rows="18"
        spellcheck="false"
        autocapitalize="off"
        aria-describedby="policy-said"
      >
${policy}</textarea>
      <p id="policy-said" class="said" role="status" aria-live="polite">${policySaid}</p>
      <button class="primary" name="do" value="save">Save the policy</button>
      <button name="do" value="restore">Back to the beginning's</button>
    </form>
  </section>`
