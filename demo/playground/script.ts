// The page's one script: puts in what changed, keeps the focus and what is unfolded, and sends forms without leaving.

export const script = `
const byId = (id) => document.getElementById(id)

function put({ id, version, html }) {
  const part = byId(id)
  if (!part || part.dataset.version === version) return
  const focused = part.contains(document.activeElement) ? document.activeElement : undefined
  const unfolded = new Set()
  for (const each of part.querySelectorAll('details[open] > summary')) unfolded.add(each.textContent)
  part.innerHTML = html
  part.dataset.version = version
  for (const each of part.querySelectorAll('details > summary'))
    if (unfolded.has(each.textContent)) each.parentElement.open = true
  if (!focused) return
  const again = (focused.id && byId(focused.id)) ||
    [...part.querySelectorAll('summary, a')].find((it) => it.textContent === focused.textContent)
  ;(again || part).focus({ preventScroll: true })
}

const stream = new EventSource('/events/' + document.body.dataset.subject)
stream.onmessage = ({ data }) => put(JSON.parse(data))
stream.onopen = () => document.body.removeAttribute('data-lost')
stream.onerror = () => { document.body.dataset.lost = '' }

function say(place, ok, text) {
  place.textContent = text
  place.dataset.ok = ok
}

addEventListener('submit', async (event) => {
  event.preventDefault()
  const { target, submitter } = event
  const place = byId(target.id === 'policy' ? 'policy-said' : 'said')
  const body = new URLSearchParams(new FormData(target, submitter))
  try {
    const to = submitter.hasAttribute('formaction') ? submitter.formAction : target.action
    const answer = await fetch(to, { method: 'POST', body, headers: { accept: 'application/json' } })
    const { said, text } = await answer.json()
    say(place, answer.ok, said)
    if (answer.ok && to.endsWith('/comment')) byId('body').value = ''
    if (text !== undefined) byId('policy-text').value = text
  } catch {
    say(place, false, 'The demo does not answer: it may have ended.')
  }
})

addEventListener('click', ({ target }) => {
  const { command } = target.dataset
  if (command === undefined) return
  byId('body').value = command
  byId('body').focus()
})
`
