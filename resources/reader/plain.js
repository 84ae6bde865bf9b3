// @ts-check
// How a book looks without its own styles. Vertical distances are whole lines, or two that make one,
// so that the lines of both columns stand side by side. All of it yields to style attributes.

/** Poems, and what they are divided into. */
const VERSE = ":is(" + ["verse", "poem", "poetry", "stanza"].map((name) => (
  `[class*="${name}" i], [*|type*="${name}"]`)).join(", ") + ")";

export const PLAIN = `
  p { margin: 0; text-indent: 1.4em; }
  :is(h1, h2, h3, h4, h5, h6, hr, header, hgroup, blockquote, figure, table, ul, ol, dl, pre) + p,
  :is(section, article, body, div, blockquote, li, td, th, dd, aside, figcaption) > p:first-child,
  :is(figcaption, td, th, li, dt) p { text-indent: 0; }
  h1, h2, h3, h4, h5, h6 { font-weight: 600; text-align: center; text-indent: 0; line-height: 1.25; margin: 2lh 0 1lh; }
  h1 { font-size: 1.6em; } h2 { font-size: 1.35em; } h3 { font-size: 1.15em; }
  h4, h5, h6 { font-size: 1em; } h5, h6 { font-style: italic; font-weight: 500; }
  :is(h1, h2, h3, h4, h5, h6) + :is(h1, h2, h3, h4, h5, h6) { margin-top: 0; }
  header, hgroup { margin: 1lh 0; } :is(hgroup, header) :is(h1, h2, h3) { margin: 0; }
  :is(hgroup, header) > p { text-align: center; text-indent: 0; }
  blockquote { margin: 1lh 2em; }
  ul, ol { margin: 0.5lh 0; padding-inline-start: 2em; } :is(ul, ol) :is(ul, ol) { margin: 0; }
  dl { margin: 0.5lh 0; } dt { font-weight: 600; } dd { margin-inline-start: 2em; }
  hr { border: 0; border-top: 1px solid; width: 30%; margin: 1lh auto; opacity: 0.5; }
  figure { margin: 1lh 0; text-align: center; }
  figcaption, caption { font-size: 0.85em; text-align: center; text-indent: 0; padding: 0.25lh 0; }
  table { margin: 1lh auto; border-collapse: collapse; }
  td, th { padding: 0.15em 0.5em; vertical-align: top; text-align: start; } th { font-weight: 600; }
  thead th { border-bottom: 1px solid; }
  pre, code, kbd, samp { font-family: monospace; font-size: 0.9em; } :is(pre, code) :is(code, kbd) { font-size: 1em; }
  pre { margin: 1lh 0; padding-inline-start: 1em; }
  sup, sub { font-size: 0.7em; }
  small { font-size: 0.85em; }
  a { text-decoration: none; } p a:not(:has(sup), sup a) { text-decoration: underline; text-decoration-thickness: 1px; text-underline-offset: 0.15em; }
  aside, [role="doc-footnote"], [role="doc-endnotes"] { font-size: 0.9em; margin: 1lh 0; }
  ${VERSE} p { text-indent: -1.5em; padding-inline-start: 1.5em; }
  ${VERSE} p:has(> span) { text-indent: 0; padding: 0; margin-bottom: 1lh; }
  ${VERSE} p > span { display: block; text-indent: -1.5em; padding-inline-start: 1.5em; }
  ${VERSE} p > span + br { display: none; }
  [class*="smallcaps" i], [class*="small-caps" i] { font-variant: small-caps; }
  .center, .centered, .centre { text-align: center; text-indent: 0; } .right { text-align: end; }
`;
