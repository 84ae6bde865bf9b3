// @ts-check
// Makes all of a chapter reachable. Chromium draws boxes that it can't break, that clip, or that are
// wider than a column where no page shows them; here they are found by measuring, and mended.

import { removeBlankPages } from "./blanks.js";
import { openBoxes } from "./boxes.js";
import { release } from "./controls.js";
import { showDrawnText } from "./drawings.js";
import { fitFormulas } from "./formulas.js";
import { readLines } from "./lines.js";
import { fitPictures } from "./pictures.js";
import { remedy } from "./remedies.js";
import { fitTables } from "./tables.js";

/** @typedef {import("./chapter.js").Chapter} Chapter */
/** @typedef {import("./mends.js").Changes} Changes */
/** @typedef {import("./lines.js").Lines} Lines */
/** @typedef {import("./lines.js").Lost} Lost */
/** @typedef {import("./remedies.js").Firmness} Firmness */

const ROUNDS = 12; // each is a layout; what is lost after them stays so
/** @type {Firmness[]} */ const FIRMNESS = ["mild", "firm", "plain"];
/** How many of the boxes around a text are mended, one try after the other. */
const DEPTHS = { mild: [1, 2, 3, 4, 6, 9, Infinity], firm: [1, 2, 4, Infinity], plain: [1, 2, Infinity] };

/** @param {Chapter} chapter laid out, and measured into pages */
export function fit(chapter) {
  if (!chapter.doc.body) return;
  let changed = showDrawnText(chapter);
  changed = openBoxes(chapter) || changed;
  changed = fitPictures(chapter) || changed;
  changed = fitFormulas(chapter) || changed;
  changed = fitTables(chapter) || changed;
  if (changed) chapter.measure();
  const before = chapter.mends.count;
  let lines = fitText(chapter);
  if (chapter.mends.count > before && fitPictures(chapter)) {
    chapter.measure();
    lines = readLines(chapter);
  }
  removeBlankPages(chapter, lines);
}

/** Mend the box nearest to a lost text first, and only if that does not help, the ones around it; then
 * the same with firmer remedies. @param {Chapter} chapter @returns {Lines} as they are in the end */
function fitText(chapter) {
  let lines = readLines(chapter);
  let layouts = 0;
  for (const firmness of FIRMNESS) {
    for (const depth of DEPTHS[firmness]) {
      const most = layouts < ROUNDS - 2 ? depth : Infinity;
      while (lines.lost.length && layouts < ROUNDS && mend(chapter, lines.lost, firmness, most)) {
        layouts++;
        chapter.measure();
        lines = readLines(chapter);
      }
    }
  }
  return lines;
}

/** @param {Chapter} chapter @param {Lost[]} lost @param {Firmness} firmness
 * @param {number} depth how many boxes around a text are mended
 * @returns {boolean} whether something changed */
function mend(chapter, lost, firmness, depth) {
  /** @type {Set<Element>} */ const seen = new Set();
  /** @type {Set<Element>} */ const released = new Set();
  /** @type {Changes} */ const changes = [];
  for (const { node, loss, over } of lost) {
    if (/narrow|broken/.test(loss) && firmness === "plain") continue; // it can be read
    let box = node.parentElement;
    for (let level = 0; level < depth && box && box !== chapter.doc.body; level++) {
      if (firmness === "plain" && over && box.contains(over) && isPlain(chapter, box)) break;
      if (!seen.has(box)) {
        seen.add(box);
        if (loss === "below") released.add(box);
        if (isMendable(box)) changes.push([box, remedy(chapter, box, loss, firmness)]);
      }
      box = box.parentElement;
    }
  }
  const changed = chapter.mends.apply(changes);
  return [...released].filter(release).length > 0 || changed;
}

/** Whether a box is no reason for what overlaps in it. @param {Chapter} chapter @param {Element} box */
function isPlain(chapter, box) {
  return /^(block|flow-root|list-item|inline)$/.test(chapter.window.getComputedStyle(box).display);
}

/** Formulas and drawings have their own layout. @param {Element} box */
function isMendable(box) {
  return !box.closest("math") && (!box.closest("svg") || box.closest("foreignObject") !== null);
}
