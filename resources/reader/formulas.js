// @ts-check
// Formulas wider than their column.

/** @typedef {import("./chapter.js").Chapter} Chapter */

/** A formula goes on in the next line where its outermost row may be broken, or it scrolls sideways.
 * @param {Chapter} chapter @returns {boolean} whether something changed */
export function fitFormulas(chapter) {
  let changed = false;
  for (const math of Array.from(chapter.doc.getElementsByTagName("math"))) {
    if (!isWide(chapter, math)) continue;
    changed = true;
    const rows = [math, ...outerRows(math)];
    for (const row of rows) {
      // As blocks of text, whose lines are broken between the parts, and between pages.
      chapter.mends.set(row, { display: "block", "text-align": "center" });
      for (const child of Array.from(row.children)) {
        if (rows.includes(child)) continue;
        chapter.mends.set(child, { display: "math" });
        if (child.localName === "mo") chapter.mends.set(child, { "margin-inline": "0.2em" });
      }
    }
    if (isWide(chapter, math)) chapter.mends.scroll(math);
  }
  return changed;
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

/** @param {Chapter} chapter @param {Element} math */
function isWide(chapter, math) {
  return [math, ...Array.from(math.children)].some((part) =>
    Array.from(part.getClientRects()).some((rect) =>
      chapter.across(rect) + rect.width > chapter.columnOf(rect).end + 1));
}
