// A real Chromium: Debian's, without a window.
import { chromium, type Browser } from 'playwright-core'
import { chromium as executablePath } from './left-out.ts'

/** Nothing of it calls home: each such call would wait for a network that is closed to it. */
const args = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export const launchBrowser = (): Promise<Browser> => chromium.launch({ executablePath, args })
