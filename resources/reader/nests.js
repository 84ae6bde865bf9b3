// @ts-check
// Boxes inside boxes of the same kind. In pages, Chromium tries every inner box several times for each
// outer one: the time doubles with each level, and twenty levels never end.

import { declaring } from "./suspects.js";

/** @typedef {import("./chapter.js").Chapter} Chapter */
/** @typedef {import("./mends.js").Changes} Changes */

const KINDS = [
  { declared: /column/, most: 4, plain: { columns: "auto" },
    is: (/** @type {CSSStyleDeclaration} */ style) => style.columnCount !== "auto" || style.columnWidth !== "auto" },
  { declared: /flex/, most: 8, plain: { display: "block" },
    is: (/** @type {CSSStyleDeclaration} */ style) => /flex/.test(style.display) },
];

/** Make plain blocks of what is nested too deep, before anything is laid out.
 * @param {Chapter} chapter */
export function flattenNests(chapter) {
  if (!chapter.doc.body) return;
  const kinds = declaring(chapter.doc, KINDS.map(({ declared }) => declared));
  /** @type {Changes} */ const changes = [];
  KINDS.forEach(({ most, plain, is }, i) => {
    if (kinds[i].length <= most) return;
    const boxes = new Set(kinds[i].filter((box) => is(chapter.window.getComputedStyle(box))));
    for (const box of boxes) if (isDeeper(box, boxes, most)) changes.push([box, plain]);
  });
  chapter.mends.apply(changes);
}

/** @param {Element} box @param {Set<Element>} boxes @param {number} most
 * @returns {boolean} whether more than so many of the boxes are around it, itself counted */
function isDeeper(box, boxes, most) {
  let depth = 0;
  for (let at = /** @type {Element | null} */ (box); at && depth <= most; at = at.parentElement) {
    if (boxes.has(at)) depth++;
  }
  return depth > most;
}
