// @ts-check
// What is copied is the book's text, without the soft hyphens that we put into it.

import { SOFT_HYPHEN, softened } from "./ordinals.js";

/** @typedef {import("./hyphens.js").Hyphens} Hyphens */

/** @param {Hyphens} hyphens of a chapter */
export function watchCopying(hyphens) {
  const copy = (/** @type {Event} */ event) => {
    const { clipboardData } = /** @type {ClipboardEvent} */ (event);
    const selection = hyphens.doc.getSelection();
    if (!hyphens.texts.length || !clipboardData || !selection?.rangeCount || selection.isCollapsed) return;
    if (/** @type {Element} */ (event.target).closest?.("input, textarea")) return;
    clipboardData.setData("text/plain", copiedText(selection));
    clipboardData.setData("text/html", copiedMarkup(selection.getRangeAt(0)));
    event.preventDefault();
  };
  hyphens.doc.addEventListener("copy", copy);
  hyphens.doc.addEventListener("cut", copy);
}

/** The selected text without our soft hyphens and with those of the book.
 * @param {Selection} selection @returns {string} */
function copiedText(selection) {
  const texts = textsIn(selection.getRangeAt(0));
  const hasOthers = texts.some((text) => !softened.has(text) && text.data.includes(SOFT_HYPHEN));
  if (!hasOthers) return selection.toString().replaceAll(SOFT_HYPHEN, "");
  // Which of them are ours can't be seen in the text, so it is taken while ours are out.
  const taken = texts.filter((text) => softened.has(text)).map(takeOut);
  const text = selection.toString();
  for (const putBack of taken) putBack();
  return text;
}

/** Take the soft hyphens out of a text so that selections stay where they are.
 * @param {Text} text @returns {() => void} puts them back */
function takeOut(text) {
  /** @type {number[]} */ const places = [];
  for (let at = text.data.indexOf(SOFT_HYPHEN); at >= 0; at = text.data.indexOf(SOFT_HYPHEN, at + 1)) places.push(at);
  for (const at of places.toReversed()) text.deleteData(at, 1);
  return () => places.forEach((at) => text.insertData(at, SOFT_HYPHEN));
}

/** @param {Range} range @returns {string} HTML */
function copiedMarkup(range) {
  const holder = /** @type {Document} */ (range.startContainer.ownerDocument).createElement("div");
  holder.append(range.cloneContents());
  takeOutOf(holder, textsIn(range));
  return holder.innerHTML;
}

/** Take our soft hyphens out of the copy of an element. @param {Element} element @param {Element} copy */
export function withoutHyphens(element, copy) {
  takeOutOf(copy, textsUnder(element));
}

/** @param {Element} copy @param {Text[]} originals the texts that it is a copy of */
function takeOutOf(copy, originals) {
  textsUnder(copy).forEach((text, i) => {
    if (softened.has(originals[i])) text.data = text.data.replaceAll(SOFT_HYPHEN, "");
  });
}

/** The texts that a range reaches into. @param {Range} range @returns {Text[]} */
function textsIn(range) {
  return textsUnder(range.commonAncestorContainer).filter((text) => range.intersectsNode(text));
}

/** @param {Node} root @returns {Text[]} */
function textsUnder(root) {
  const doc = /** @type {Document} */ (root.ownerDocument);
  const iterator = doc.createNodeIterator(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_CDATA_SECTION);
  /** @type {Text[]} */ const texts = [];
  for (let node = iterator.nextNode(); node; node = iterator.nextNode()) texts.push(/** @type {Text} */ (node));
  return texts;
}
