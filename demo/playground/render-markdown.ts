// Markdown as GitHub shows it: its tables, strikethrough and footnotes, the HTML that it lets through, and no more.
import { raw as parseRaw } from 'hast-util-raw'
import { defaultSchema, sanitize } from 'hast-util-sanitize'
import { toHtml } from 'hast-util-to-html'
import { raw } from 'hono/html'
import { fromMarkdown } from 'mdast-util-from-markdown'
import { gfmFootnoteFromMarkdown } from 'mdast-util-gfm-footnote'
import { gfmStrikethroughFromMarkdown } from 'mdast-util-gfm-strikethrough'
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table'
import { toHast } from 'mdast-util-to-hast'
import { gfmFootnote } from 'micromark-extension-gfm-footnote'
import { gfmStrikethrough } from 'micromark-extension-gfm-strikethrough'
import { gfmTable } from 'micromark-extension-gfm-table'
import type { Html } from './markup.ts'

const gfm = {
  extensions: [gfmTable(), gfmStrikethrough(), gfmFootnote()],
  mdastExtensions: [
    gfmTableFromMarkdown(),
    gfmStrikethroughFromMarkdown(),
    gfmFootnoteFromMarkdown(),
  ],
}

/**
 * NB: anybody writes comments. What is let through is GitHub's own list, so no script, style, handler or address that
 * runs something gets onto the page; HTML comments, such as markers, do not either.
 */
export function renderMarkdown(text: string): Html {
  const tree = parseRaw(toHast(fromMarkdown(text, gfm), { allowDangerousHtml: true }))
  return raw(toHtml(sanitize(tree, defaultSchema)))
}
