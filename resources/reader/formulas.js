// @ts-check
// Formulas wider than their column.

/** @typedef {import("./chapter.js").Chapter} Chapter */
/** @typedef {import("./mends.js").Change} Change */
/** @typedef {import("./mends.js").Changes} Changes */

const PART = { display: "math" };
/** Operators have lost their row, and tables break between their rows. */
const STYLES = /** @type {Record<string, Record<string, string>>} */ ({
  mo: { display: "math", "margin-inline": "0.2em" },
  mtable: { display: "table", "margin-inline": "auto" },
});

/** A formula goes on in the next line, or on the next page, where its outermost row or table may be
 * broken; or it scrolls sideways.
 * @param {Chapter} chapter @returns {boolean} whether something changed */
export function fitFormulas(chapter) {
  const large = Array.from(chapter.doc.getElementsByTagName("math"))
    .filter((math) => isWide(chapter, math) || isHigh(chapter, math));
  if (!large.length) return false;
  chapter.mends.apply(large.flatMap(inLines));
  const wide = large.filter((math) => isWide(chapter, math));
  const { height } = /** @type {any} */ (chapter.geometry);
  // What scrolls is never broken over two pages.
  const high = wide.filter((math) => !chapter.scrolled && heightOf(math) > height);
  chapter.mends.apply(high.flatMap((math) => Array.from(math.querySelectorAll("mtable")).flatMap(inRows)));
  const rows = high.flatMap((math) => Array.from(math.querySelectorAll("mtr, mlabeledtr")));
  const whole = wide.filter((math) => !high.includes(math));
  const wideRows = rows.filter((row) => !row.parentElement?.closest("mtr, mlabeledtr") && row.scrollWidth > row.clientWidth + 1);
  for (const math of [...whole, ...wideRows]) chapter.mends.scroll(math);
  return true;
}

/** The height of all its parts. @param {Element} math @returns {number} px */
function heightOf(math) {
  return Array.from(math.getClientRects()).reduce((sum, rect) => sum + rect.height, 0);
}

/** A table of formulas whose rows stand below each other, each for itself.
 * @param {Element} table @returns {Changes} */
function inRows(table) {
  if (table.parentElement?.closest("mtable")) return [];
  return [
    [table, { display: "block" }],
    ...Array.from(table.children).flatMap((row) => /** @type {Changes} */ ([
      [row, { display: "block", "max-width": "100%" }],
      ...Array.from(row.children).map((cell) => /** @type {Change} */ ([cell, { display: "math", "margin-inline": "0.2em" }])),
    ])),
  ];
}

/** A formula as blocks of text, whose lines are broken between its parts, and between pages.
 * @param {Element} math @returns {Changes} */
function inLines(math) {
  const rows = [math, ...outerRows(math)];
  return rows.flatMap((row) => [
    /** @type {Change} */ ([row, { display: "block", "text-align": "center" }]),
    ...Array.from(row.children).filter((part) => !rows.includes(part)).map((part) =>
      /** @type {Change} */ (
        [part, STYLES[part.localName] ?? PART])),
  ]);
}

/** The rows that hold the whole formula. @param {Element} math @returns {Element[]} */
function outerRows(math) {
  const rows = [];
  for (let row = math; ;) {
    const only = row.children.length >= 1 ? row.children[0] : null;
    if (!only || !/^(mrow|mstyle|semantics|mpadded)$/.test(only.localName)) return rows;
    if (row.localName !== "semantics" && row.children.length > 1) return rows;
    rows.push(only);
    row = only;
  }
}

/** @param {Chapter} chapter @param {Element} math @returns {boolean} whether a page can't hold it */
function isHigh(chapter, math) {
  return !chapter.scrolled &&
    Array.from(math.getClientRects()).some((rect) => rect.bottom > chapter.floor + 1);
}

/** @param {Chapter} chapter @param {Element} math */
function isWide(chapter, math) {
  return [math, ...Array.from(math.children)].some((part) =>
    Array.from(part.getClientRects()).some((rect) =>
      chapter.across(rect) + rect.width > chapter.columnOf(rect).end + 1));
}
