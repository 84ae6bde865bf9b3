// @ts-check
// Makes all of a chapter reachable. Chromium draws boxes that it can't break, that clip, or that are
// wider than a column where no page shows them; here they are found by measuring, and mended.

import { removeBlankPages } from "./blanks.js";
import { fitFormulas } from "./formulas.js";
import { lostText } from "./lost.js";
import { fitPictures } from "./pictures.js";
import { grown, plain, remedy } from "./remedies.js";
import { declaring } from "./suspects.js";
import { fitTables } from "./tables.js";

/** @typedef {import("./chapter.js").Chapter} Chapter */

const CLIPPING = /overflow|clip|contain|line-clamp|content-visibility/;
const UNMOVED = /position:\s*(fixed|sticky)/;
const ROUNDS = 12; // each is a layout; what is lost after them stays so

/** @param {Chapter} chapter laid out, and measured into pages */
export function fit(chapter) {
  if (!chapter.doc.body) return;
  let changed = openBoxes(chapter);
  changed = fitPictures(chapter) || changed;
  changed = fitFormulas(chapter) || changed;
  changed = fitTables(chapter) || changed;
  if (changed) chapter.measure();
  if (fitText(chapter) && fitPictures(chapter)) chapter.measure();
  removeBlankPages(chapter);
}

/** Boxes that cut off their content grow; boxes fixed to the window go back into the text, for they
 * would be drawn over every page. @param {Chapter} chapter */
function openBoxes(chapter) {
  const { height } = /** @type {any} */ (chapter.geometry);
  let changed = false;
  for (const box of declaring(chapter.doc, CLIPPING)) {
    const style = chapter.window.getComputedStyle(box);
    if (style.display === "inline" || style.display === "none" || box === chapter.doc.body) continue;
    const isCut = style.clip !== "auto" || style.clipPath !== "none" || style.contain !== "none" ||
      style.contentVisibility === "hidden" || (style.overflow !== "visible" &&
      (box.scrollHeight > box.clientHeight + 1 || box.scrollWidth > box.clientWidth + 1 ||
       (!chapter.scrolled && box.getBoundingClientRect().bottom > height + 1)));
    if (isCut) changed = chapter.mends.set(box, grown(style)) || changed;
  }
  for (const box of declaring(chapter.doc, UNMOVED)) {
    if (box !== chapter.doc.body) changed = chapter.mends.set(box, { position: "static" }) || changed;
  }
  return changed;
}

/** @param {Chapter} chapter @returns {boolean} whether something was mended */
function fitText(chapter) {
  let isLast = false;
  for (let round = 0; round < ROUNDS; round++) {
    const lost = lostText(chapter);
    if (!lost.length) return round > 0;
    /** @type {Set<Element>} */ const seen = new Set();
    let changed = false;
    for (const { node, loss } of lost) {
      for (let box = node.parentElement; box && box !== chapter.doc.body; box = box.parentElement) {
        if (seen.has(box)) break;
        seen.add(box);
        if (!isMendable(box)) continue;
        const style = chapter.window.getComputedStyle(box);
        changed = (isLast ? plain(chapter.mends, box, style)
          : remedy(chapter.mends, box, style, loss, chapter.column)) || changed;
      }
    }
    if (!changed && isLast) return round > 0;
    isLast = !changed;
    if (changed) chapter.measure();
  }
  return true;
}

/** Formulas and drawings have their own layout. @param {Element} box */
function isMendable(box) {
  return !box.closest("math") && (!box.closest("svg") || box.closest("foreignObject") !== null);
}
