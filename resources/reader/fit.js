// @ts-check
// Makes all of a chapter reachable. Chromium draws boxes that it can't break, that clip, or that are
// wider than a column where no page shows them; here they are found by measuring, and mended.

import { removeBlankPages } from "./blanks.js";
import { openBoxes } from "./boxes.js";
import { release } from "./controls.js";
import { fitFormulas } from "./formulas.js";
import { readLines } from "./lines.js";
import { fitPictures } from "./pictures.js";
import { plain, remedy } from "./remedies.js";
import { fitTables } from "./tables.js";

/** @typedef {import("./chapter.js").Chapter} Chapter */
/** @typedef {import("./mends.js").Changes} Changes */
/** @typedef {import("./lines.js").Lines} Lines */
/** @typedef {import("./lines.js").Lost} Lost */

const ROUNDS = 12; // each is a layout; what is lost after them stays so

/** @param {Chapter} chapter laid out, and measured into pages */
export function fit(chapter) {
  if (!chapter.doc.body) return;
  let changed = openBoxes(chapter);
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

/** @param {Chapter} chapter @returns {Lines} as they are in the end */
function fitText(chapter) {
  let isLast = false;
  let lines = readLines(chapter);
  for (let round = 0; round < ROUNDS && lines.lost.length; round++) {
    const changed = mend(chapter, lines.lost, isLast);
    if (!changed && isLast) break;
    isLast = !changed;
    if (!changed) continue;
    chapter.measure();
    lines = readLines(chapter);
  }
  return lines;
}

/** @param {Chapter} chapter @param {Lost[]} lost @param {boolean} isLast
 * @returns {boolean} whether something changed */
function mend(chapter, lost, isLast) {
  /** @type {Set<Element>} */ const seen = new Set();
  /** @type {Set<Element>} */ const released = new Set();
  /** @type {Changes} */ const changes = [];
  for (const { node, loss } of lost) {
    for (let box = node.parentElement; box && box !== chapter.doc.body; box = box.parentElement) {
      if (seen.has(box)) break;
      seen.add(box);
      if (loss === "below") released.add(box);
      if (!isMendable(box)) continue;
      const style = chapter.window.getComputedStyle(box);
      changes.push([box, isLast ? plain(style) : remedy(box, style, loss, chapter.column)]);
    }
  }
  const changed = chapter.mends.apply(changes);
  return [...released].filter(release).length > 0 || changed;
}

/** Formulas and drawings have their own layout. @param {Element} box */
function isMendable(box) {
  return !box.closest("math") && (!box.closest("svg") || box.closest("foreignObject") !== null);
}
