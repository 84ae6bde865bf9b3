// @ts-check
// Tables wider than their column.

/** @typedef {import("./chapter.js").Chapter} Chapter */
/** @typedef {import("./mends.js").Change} Change */
/** @typedef {import("./mends.js").Changes} Changes */

const SMALLEST = 0.7; // of the text size
const GROUP = /^(table|caption|thead|tbody|tfoot)$/;
const GROUP_STYLE = { display: "block", width: "auto", height: "auto" };
const CELL = /^t[dh]$/;
const ROW = { display: "flex", "flex-wrap": "wrap", gap: "0 1em", height: "auto", "margin-bottom": "0.4em" };
const CELL_STYLE = { display: "block", width: "auto", height: "auto", "max-width": "100%" };

/** Narrow tables by the mildest step that is enough: the book's widths are dropped; the text shrinks;
 * a table of one page scrolls sideways; in a longer one the cells of a row go on in its next line.
 * @param {Chapter} chapter @returns {boolean} whether something changed */
export function fitTables(chapter) {
  const { mends } = chapter;
  const isWide = (/** @type {Element} */ table) => widthOf(table) > roomOf(chapter, table) + 1;
  const outer = Array.from(chapter.doc.getElementsByTagName("table"))
    .filter((table) => !table.parentElement?.closest("table")); // inner ones are sized with them
  const wide = outer.filter(isWide);
  if (!wide.length) return false;
  mends.apply(wide.flatMap(loosened));
  const wider = wide.filter(isWide);
  const zooms = wider.map((table) => roomOf(chapter, table) / widthOf(table));
  mends.apply(wider.map((table, i) => [table, { zoom: String(Math.max(SMALLEST, zooms[i] - 0.01)) }]));
  const widest = wider.filter(isWide);
  const { height } = /** @type {any} */ (chapter.geometry);
  const isShort = widest.map((one) => chapter.scrolled || one.getBoundingClientRect().height < height);
  for (const table of widest.filter((_, i) => isShort[i])) mends.scroll(table);
  mends.apply(widest.filter((_, i) => !isShort[i]).flatMap(inLines));
  return true;
}

/** The width of the widest part, of which there is one on each page.
 * @param {Element} table @returns {number} px */
function widthOf(table) {
  return Math.max(0, ...Array.from(table.getClientRects(), (rect) => rect.width));
}

/** @param {Chapter} chapter @param {Element} table @returns {number} px to the end of its column */
function roomOf(chapter, table) {
  const first = table.getClientRects()[0];
  if (!first) return chapter.column;
  const { start, end } = chapter.columnOf(first);
  const indent = chapter.across(first) - start;
  return end - start - Math.max(0, Math.min(indent, chapter.column / 2));
}

/** @param {Element} table @returns {Changes} */
function loosened(table) {
  const parts = Array.from(table.querySelectorAll("col, colgroup, td, th, table"));
  return [
    [table, { width: "auto", "min-width": "0px", "table-layout": "auto" }],
    ...parts.map((part) => /** @type {Change} */ (
      [part, { width: "auto", "min-width": "0px", "white-space": "normal" }])),
  ];
}

/** @param {Element} table @returns {Changes} */
function inLines(table) {
  /** @type {Changes} */ const changes = [[table, { zoom: "1" }]];
  for (const part of [table, ...Array.from(table.querySelectorAll("*"))]) {
    if (part.localName === "tr") changes.push([part, ROW]);
    else if (CELL.test(part.localName)) changes.push([part, CELL_STYLE]);
    else if (GROUP.test(part.localName)) changes.push([part, GROUP_STYLE]);
  }
  return changes;
}
