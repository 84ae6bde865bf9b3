// @ts-check
// The style sheet that Kios adds to a chapter. Settings that the user changed override the book;
// defaults yield to it. Nothing here adds text.

import { colours } from "./colours.js";
import { paintStyle } from "./paints.js";
import { sizes } from "./sizes.js";
import { typography } from "./typography.js";

/**
 * @typedef {object} Settings the settings in force, from ui/reader/page_style.py
 * @property {string} font CSS font-family list of the reading face
 * @property {number} size px
 * @property {number} lineHeight
 * @property {number} measure characters
 * @property {number} margin px
 * @property {"pages"|"scroll"} layout
 * @property {"auto"|"1"|"2"} columns
 * @property {"publisher"|"on"|"off"} justify
 * @property {boolean} hyphenate
 * @property {number} weight 100…900 of running text; 0 is the publisher's
 * @property {number} spacing between paragraphs, em; below 0 is the publisher's
 * @property {number} indent of first lines, em; below 0 is the publisher's
 * @property {boolean} publisherStyles
 * @property {string[]} forced which of font and lineHeight override the book
 * @property {string} ownCss the reader's own style sheet, after all others
 * @property {{bg: string, text: string, muted: string, link: string, selection: string}} colors
 * @property {Record<string, {fill: string, line: string}>} marks the colours of each kind of mark
 * @property {boolean} dimPictures
 * @property {import("./faces.js").Face[]} faces the files of the faces in `font`
 */

/**
 * @typedef {object} Geometry the page box, all px
 * @property {number} left @property {number} top @property {number} width @property {number} height
 * @property {number} gap between columns and between pages
 * @property {number} columns
 * @property {"pages"|"scroll"} layout
 */

/** The room above and below a page in which letters taller than their line are still seen, px. */
export const RISE = 8;

/** @param {Settings} s @param {Geometry} g @param {import("./sizes.js").OwnSizes} own
 * @param {number} [total] characters of the chapter @returns {string} CSS */
export function chapterStyle(s, g, own, total) {
  const parts = [box(g), sizes(s.size, own), typography(s, total), colours(s), paintStyle(s), media(s, g), s.ownCss];
  return parts.join("\n");
}

/** @param {Geometry} g @returns {number} the width of a column, px */
export function columnWidth(g) {
  return (g.width - (g.columns - 1) * g.gap) / g.columns;
}

/** @param {Geometry} g */
function box(g) {
  const column = columnWidth(g);
  // epub/styles.py turns viewport units into these variables: a page is one column.
  const page = `:root { --page-width: ${column}px; --page-height: ${g.height}px; }`;
  if (g.layout === "scroll") {
    return `${page} html { margin: 0 !important; padding: 0 !important; width: auto !important;
      height: auto !important; overflow-x: hidden !important; overflow-y: auto !important;
      scrollbar-width: thin; }
    body { margin: 0 auto !important; padding: 0 0 40vh !important; max-width: none !important;
      width: ${g.width}px !important; height: auto !important; }`;
  }
  return `${page}
  html { margin: 0 !important; padding: ${RISE}px ${g.gap / 2}px !important; border: 0 !important;
    box-sizing: border-box !important; width: ${g.width + g.gap}px !important;
    height: ${g.height + 2 * RISE}px !important;
    min-height: 0 !important; max-width: none !important; max-height: none !important;
    overflow: hidden !important; columns: ${column}px ${g.columns} !important;
    column-gap: ${g.gap}px !important; column-fill: auto !important; position: static !important; }
  body { margin: 0 !important; padding: 0 !important; border: 0 !important; width: auto !important;
    max-width: none !important; height: auto !important; min-height: 0 !important;
    max-height: none !important; position: static !important; float: none !important;
    columns: auto !important; overflow: visible !important; }`;
}

/** @param {Settings} s @param {Geometry} g */
function media(s, g) {
  const column = Math.floor(columnWidth(g));
  const dim = s.dimPictures ? "img, svg image, video { filter: brightness(0.85); }" : "";
  const height = `max-height: ${g.height - (g.layout === "scroll" ? 40 : 0)}px !important;`;
  return `img, video, object, canvas, body > svg, p > svg, div > svg, section > svg, figure > svg {
      max-width: ${column}px !important; ${height} object-fit: contain; break-inside: avoid; }
    figure { break-inside: avoid; margin-inline: 0; max-width: 100%; }
    pre { white-space: pre-wrap !important; overflow-wrap: anywhere !important; }
    h1, h2, h3, h4, h5, h6 { break-inside: avoid; }
    mi, mn, mo, ms, mtext { white-space: nowrap; }
    iframe, embed { max-width: 100%; }
    :where(button, input, select, textarea) { font: inherit; }
    ${dim}`;
}
