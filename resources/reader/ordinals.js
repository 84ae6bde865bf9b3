// @ts-check
// Ordinals in a document: the number of non-space code points before a point inside <body>.
// kios_desktop/epub counts the same from the file's bytes. Nothing may insert text, but for soft
// hyphens in the texts of `softened`.

/** @param {number} c UTF-16 code unit @returns {boolean} space, tab, LF and CR; nothing else */
const isSpace = (c) => c === 32 || c === 9 || c === 10 || c === 13;

/** @param {number} c @returns {boolean} the second half of a surrogate pair */
const isLowSurrogate = (c) => c >= 0xdc00 && c <= 0xdfff;

export const SOFT_HYPHEN = "\u00ad";

/** The texts whose soft hyphens are all ours, put in by hyphens.js; they are no characters of the
 * book. One set for all scripts of this world: the walk counts in the same documents.
 * @type {WeakSet<Node>} */
export const softened = (/** @type {any} */ (globalThis).kiosSoftened ??= new WeakSet());

/** What is skipped in a text besides spaces: a code unit, or -1. @param {Text} node */
const skippedIn = (node) => (softened.has(node) ? SOFT_HYPHEN.charCodeAt(0) : -1);

/** Counted code points of a text between two code units.
 * @param {Text} node @param {number} [end] @param {number} [start] @returns {number} */
export function countOrdinals(node, end = node.data.length, start = 0) {
  const text = node.data, skipped = skippedIn(node);
  let count = 0;
  for (let i = start; i < end; i++) {
    const c = text.charCodeAt(i);
    if (!isSpace(c) && !isLowSurrogate(c) && c !== skipped) count++;
  }
  return count;
}

/** Code-unit offset of the n-th (0-based) counted code point; the length when there are fewer.
 * @param {Text} node @param {number} n @returns {number} */
function offsetOfOrdinal(node, n) {
  const text = node.data, skipped = skippedIn(node);
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (isSpace(c) || isLowSurrogate(c) || c === skipped) continue;
    if (n-- === 0) return i;
  }
  return text.length;
}

/** The number of successive characters that may be above their line. */
const RAISED = 16;

/** Marks elements that are not the book's: added by epub/xhtml_writer.py or by the page. */
const INSERTED = "data-kios-inserted";

/** Accepts text outside inserted elements. @param {Node} node @returns {number} */
function countedText(node) {
  if (node.nodeType !== 1) return NodeFilter.FILTER_ACCEPT;
  const ours = /** @type {Element} */ (node).hasAttribute(INSERTED);
  return ours ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_SKIP;
}

/** The text of one document, indexed once. Text under script, style and hidden elements counts,
 * text in elements marked `data-kios-inserted` does not. */
export class TextIndex {
  /** @param {Document} doc */
  constructor(doc) {
    this.doc = doc;
    /** @type {Text[]} */ this.nodes = [];
    /** @type {number[]} ordinal before each node */ this.starts = [];
    this.total = 0;
    if (!doc.body) return;
    const shown = NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT | NodeFilter.SHOW_CDATA_SECTION;
    const walker = doc.createTreeWalker(doc.body, shown, countedText);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const text = /** @type {Text} */ (node);
      const count = countOrdinals(text);
      if (!count) continue;
      this.nodes.push(text);
      this.starts.push(this.total);
      this.total += count;
    }
  }

  /** The text node and code-unit offset of an ordinal; null in a document without text.
   * @param {number} ordinal @returns {{node: Text, offset: number, index: number} | null} */
  pointAt(ordinal) {
    if (!this.nodes.length) return null;
    const wanted = Math.max(0, Math.min(ordinal, this.total - 1));
    let low = 0, high = this.nodes.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.starts[middle] <= wanted) low = middle;
      else high = middle - 1;
    }
    const node = this.nodes[low];
    return { node, offset: offsetOfOrdinal(node, wanted - this.starts[low]), index: low };
  }

  /** Ordinal of a DOM point (a text offset, or a child index of an element).
   * @param {Node} node @param {number} offset @returns {number} */
  ordinalOf(node, offset) {
    if (node.nodeType === 3 || node.nodeType === 4) {
      const before = this._firstAtOrAfter(node);
      const isCounted = this.nodes[before] === node; // text that was inserted is not
      const inside = isCounted ? countOrdinals(/** @type {Text} */ (node), offset) : 0;
      return (before < this.starts.length ? this.starts[before] : this.total) + inside;
    }
    const child = node.childNodes[offset];
    if (child) return this.ordinalBefore(child);
    return this.ordinalAfter(node);
  }

  /** Ordinal of the start of a node. @param {Node} node @returns {number} */
  ordinalBefore(node) {
    const index = this._firstAtOrAfter(node);
    return index < this.starts.length ? this.starts[index] : this.total;
  }

  /** Ordinal just after a node. @param {Node} node @returns {number} */
  ordinalAfter(node) {
    let low = 0, high = this.nodes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const where = node.compareDocumentPosition(this.nodes[middle]);
      const behind = (where & 4) && !(where & 16); // follows, and is not inside
      if (behind) high = middle;
      else low = middle + 1;
    }
    return low < this.starts.length ? this.starts[low] : this.total;
  }

  /** Index of the first text node at, inside or after `node`.
   * @param {Node} node @returns {number} */
  _firstAtOrAfter(node) {
    let low = 0, high = this.nodes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.nodes[middle];
      if (other !== node && node.compareDocumentPosition(other) & 2) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Where an ordinal is drawn: the box of its character, or of the next one that is drawn, or of
   * the last one before it; null when nothing is.
   * @param {number} ordinal @returns {DOMRect | null} */
  rectAt(ordinal) {
    const point = this.pointAt(ordinal);
    if (!point) return null;
    const range = this.doc.createRange();
    const drawn = characterRect(range, point.node, point.offset);
    if (drawn) return drawn;
    for (let i = point.index + 1; i < this.nodes.length; i++) {
      const rect = characterRect(range, this.nodes[i], offsetOfOrdinal(this.nodes[i], 0));
      if (rect) return rect;
    }
    for (let i = point.index - 1; i >= 0; i--) {
      const rect = characterRect(range, this.nodes[i], offsetOfOrdinal(this.nodes[i], 0));
      if (rect) return rect;
    }
    return null;
  }

  /** Where the last character is that is drawn; null when none is.
   * @returns {DOMRect | null} */
  lastRect() {
    const range = this.doc.createRange();
    for (let i = this.nodes.length - 1; i >= 0; i--) {
      const node = this.nodes[i];
      const last = offsetOfOrdinal(node, countOrdinals(node) - 1);
      const rect = characterRect(range, node, last);
      if (rect) return rect;
    }
    return null;
  }

  /** The range between two ordinals, as far as the text goes.
   * @param {number} start @param {number} end @returns {Range | null} */
  rangeOf(start, end) {
    end = Math.min(end, this.total);
    if (end <= start) return null;
    const from = this.pointAt(start);
    const to = this.pointAt(end - 1);
    if (!from || !to) return null;
    const range = this.doc.createRange();
    range.setStart(from.node, from.offset);
    range.setEnd(to.node, to.offset + widthOf(to.node.data, to.offset));
    return range;
  }

  /** The first ordinal in [low, total] whose box is at or past `edge` along the reading axis.
   * Boxes must not run backwards, which holds for text in flow, a few raised ones aside.
   * @param {(rect: DOMRect) => number} along @param {number} edge @param {number} [low] */
  firstFrom(along, edge, low = 0) {
    const isPast = (/** @type {number} */ ordinal) => {
      const rect = this.rectAt(ordinal);
      return !rect || along(rect) >= edge;
    };
    const floor = low;
    let high = this.total;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isPast(middle)) high = middle;
      else low = middle + 1;
    }
    // The search may have stopped after ruby or a note number, which are above their line.
    for (let at = low - 1; at >= Math.max(floor, low - RAISED); at--) {
      if (isPast(at)) low = at;
    }
    return low;
  }
}

/** @param {string} text @param {number} offset @returns {number} code units of this code point */
function widthOf(text, offset) {
  return /** @type {number} */ (text.codePointAt(offset)) > 0xffff ? 2 : 1;
}

/** @param {Range} range scratch @param {Text} node @param {number} offset @returns {DOMRect | null} */
function characterRect(range, node, offset) {
  if (offset >= node.data.length) return null;
  range.setStart(node, offset);
  range.setEnd(node, offset + widthOf(node.data, offset));
  const rects = range.getClientRects();
  for (let i = 0; i < rects.length; i++) {
    if (rects[i].width || rects[i].height) return rects[i];
  }
  return null;
}
