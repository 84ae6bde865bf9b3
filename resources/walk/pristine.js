// @ts-check
// What the book itself asks for: its styles without those that the reader adds.

import { hiddenBy } from "./text.js";

/** @typedef {{hidden: string, ratio: number}} Wish `hidden`: why the book shows no text of the element;
 * `ratio`: its text size as a part of the size that is asked for */

const BROWSER_PX = 16; // what a book's sizes relate to

/** The wishes for elements. Only styles are computed here, not a layout.
 * @param {any} chapter @param {Iterable<Element>} elements @returns {Map<Element, Wish>} */
export function wishesFor(chapter, elements) {
  const style = (/** @type {Element} */ element) => chapter.window.getComputedStyle(element);
  return withoutReader(chapter, () => {
    /** @type {Map<Element, Wish>} */ const wishes = new Map();
    for (const element of elements) {
      if (wishes.has(element)) continue;
      const ratio = parseFloat(style(element).fontSize) / BROWSER_PX;
      wishes.set(element, { hidden: hiddenBy(element, style), ratio });
    }
    return wishes;
  });
}

/** @template T @param {any} chapter @param {() => T} act @returns {T} */
function withoutReader(chapter, act) {
  const { doc, dressing: { sheet } } = chapter;
  const sheets = [...doc.adoptedStyleSheets]; // a copy: it is live
  doc.adoptedStyleSheets = sheets.filter((/** @type {CSSStyleSheet} */ one) => one !== sheet);
  const done = [...(chapter.mends?._done || [])].reverse();
  const mended = done.map(({ style, property, value, priority }) => {
    const ours = { value: style.getPropertyValue(property), priority: style.getPropertyPriority(property) };
    style.setProperty(property, value, priority);
    return { style, property, ...ours };
  });
  try {
    return act();
  } finally {
    for (const { style, property, value, priority } of mended.reverse()) {
      style.setProperty(property, value, priority);
    }
    doc.adoptedStyleSheets = sheets;
  }
}
