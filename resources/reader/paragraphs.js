// @ts-check
// Which paragraphs are running text: only those are justified, spaced and indented as the reader
// wishes. Headings, verse, lists, tables and what a book centres stay as they are.

const RUNNING = "data-kios-running"; // "first" after a heading or a break, "next" after another one
const TEXT = "p, li, dd, blockquote";
const ELSEWHERE = "nav, table, figure, figcaption, header, footer, hgroup, pre, [role=doc-toc]";
const VERSE = /(^|[\s:_-])(verses?|poems?|poetry|stanzas?|songs?|lyrics?|epigraphs?|signatures?|letter-head)($|[\s\d:_-])/i;
const START = new Set(["start", "left", "justify", "-webkit-auto"]);

/** Mark the running paragraphs of a chapter, as its present styles set them. It reads the style of
 * each paragraph, so not at every layout.
 * @param {Document} doc */
export function markParagraphs(doc) {
  const view = doc.defaultView;
  if (!view || !doc.body) return;
  const right = view.getComputedStyle(doc.body).direction === "rtl";
  /** @type {[Element, "first" | "next" | ""][]} */ const kinds = [];
  /** @type {Map<Element | null, boolean>} */ const verses = new Map();
  for (const paragraph of doc.querySelectorAll(TEXT)) {
    const isRunning = !paragraph.closest(ELSEWHERE) && !isVerse(paragraph, verses) &&
      isSetAsText(paragraph, view.getComputedStyle(paragraph), right);
    kinds.push([paragraph, isRunning ? "next" : ""]);
  }
  for (const [paragraph, kind] of kinds) { // after all was read
    if (kind) paragraph.setAttribute(RUNNING, followsRunning(paragraph) ? "next" : "first");
    else paragraph.removeAttribute(RUNNING);
  }
}

/** @param {Element} paragraph @param {CSSStyleDeclaration} style computed @param {boolean} right to left */
function isSetAsText(paragraph, style, right) {
  if (!START.has(style.textAlign) && !(right && style.textAlign === "right")) return false;
  return parseFloat(style.textIndent) >= 0 && !style.whiteSpace.startsWith("pre") && !paragraph.querySelector(":scope > br");
}

/** Whether an element is in verse, or in what has lines of its own for other reasons.
 * @param {Element | null} element @param {Map<Element | null, boolean>} known @returns {boolean} */
export function isVerse(element, known) {
  if (!element) return false;
  let found = known.get(element);
  if (found === undefined) {
    const names = `${element.getAttribute("class") || ""} ${element.getAttribute("epub:type") || ""}`;
    found = VERSE.test(names) || isVerse(element.parentElement, known);
    known.set(element, found);
  }
  return found;
}

/** @param {Element} paragraph */
function followsRunning(paragraph) {
  return paragraph.previousElementSibling?.localName === "p" &&
    paragraph.previousElementSibling.hasAttribute(RUNNING);
}
