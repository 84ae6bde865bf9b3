// @ts-check
// Tables wider than their column.

/** @typedef {import("./chapter.js").Chapter} Chapter */

const SMALLEST = 0.7; // of the text size
const GROUP = /^(table|caption|thead|tbody|tfoot)$/;
const CELL = /^t[dh]$/;
const ROW = { display: "flex", "flex-wrap": "wrap", gap: "0 1em", height: "auto", "margin-bottom": "0.4em" };
const CELL_STYLE = { display: "block", width: "auto", height: "auto", "max-width": "100%" };

/** Narrow tables by the mildest step that is enough: the book's widths are dropped; the text shrinks;
 * a table of one page scrolls sideways; in a longer one the cells of a row go on in its next line.
 * @param {Chapter} chapter @returns {boolean} whether something changed */
export function fitTables(chapter) {
  let changed = false;
  for (const table of Array.from(chapter.doc.getElementsByTagName("table"))) {
    if (table.parentElement?.closest("table")) continue; // it is sized with the outer one
    if (widthOf(table) > roomOf(chapter, table) + 1) {
      narrow(chapter, table);
      changed = true;
    }
  }
  return changed;
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

/** @param {Chapter} chapter @param {HTMLTableElement} table */
function narrow(chapter, table) {
  const { mends } = chapter;
  const isWide = () => widthOf(table) > roomOf(chapter, table) + 1;
  mends.set(table, { width: "auto", "min-width": "0px", "table-layout": "auto" });
  for (const part of Array.from(table.querySelectorAll("col, colgroup, td, th, table"))) {
    mends.set(part, { width: "auto", "min-width": "0px", "white-space": "normal" });
  }
  if (!isWide()) return;
  const zoom = roomOf(chapter, table) / widthOf(table);
  mends.set(table, { zoom: String(Math.max(SMALLEST, Math.floor(zoom * 100) / 100)) });
  if (!isWide()) return;
  const { height } = /** @type {any} */ (chapter.geometry);
  if (chapter.scrolled || table.getBoundingClientRect().height < height) {
    mends.scroll(table);
    return;
  }
  mends.set(table, { zoom: "1" });
  for (const part of [table, ...Array.from(table.querySelectorAll("*"))]) {
    if (part.localName === "tr") mends.set(part, ROW);
    else if (CELL.test(part.localName)) mends.set(part, CELL_STYLE);
    else if (GROUP.test(part.localName)) mends.set(part, { display: "block", width: "auto", height: "auto" });
  }
}
