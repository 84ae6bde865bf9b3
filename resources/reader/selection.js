// @ts-check
// The text that is selected: reported as ordinals, kept in sight, and changed by keys or by handles.

import { later } from "./later.js";

/** @typedef {import("./chapter.js").Chapter} Chapter */
/** @typedef {import("./reader.js").Reader} Reader */

const REST_MS = 80; // without a change, before a selection is reported

export class Selecting {
  /** @param {Reader} reader */
  constructor(reader) {
    this.reader = reader;
    /** the chapter that has the selection @type {Chapter | null} */ this.chapter = null;
    this.isPressed = false; // the pointer is changing it
    this._stop = () => {};
    this._told = ""; // the selection as last reported
    this.handles = new Handles(this);
    this.caret = new Caret(this);
  }

  /** @param {Chapter} chapter */
  watch(chapter) {
    chapter.doc.addEventListener("selectionchange", () => {
      if (chapter !== this.reader.current) return;
      if (!this.isPressed) this._soon();
    });
    chapter.doc.addEventListener("mousedown", (event) => {
      this.isPressed = true;
      this.handles.hide();
      if (event.button === 0 && !event.shiftKey) this._letGo();
    }, true);
    chapter.doc.addEventListener("mouseup", () => { this.isPressed = false; this._soon(); }, true);
  }

  /** Whether text of the chapter on screen is selected. */
  get isThere() {
    const selection = this.reader.current?.doc.getSelection();
    return Boolean(selection && !selection.isCollapsed);
  }

  /** Another screen or another layout is shown: a selection of another chapter ends, and what lies over
   * the page moves to where its text is now. */
  shown() {
    const chapter = this.reader.current;
    if (!chapter || this.isPressed) return;
    if (this.chapter && this.chapter !== chapter) this.chapter.doc.getSelection()?.removeAllRanges();
    if (this.caret.isOn && !this.isThere) this.caret.bring(chapter);
    if (this._told || this.caret.isOn) this._report();
  }

  /** What lies over the page is shown again once scrolling rests. */
  scrolling() {
    this.handles.hide();
    this.caret.hide();
  }

  /** Select a range of the chapter on screen. @param {{spine: number, start: number, end: number}} what */
  select({ spine, start, end }) {
    const chapter = this.reader.current;
    if (!chapter || chapter.spine !== spine) return;
    const range = chapter.text?.rangeOf(start, end);
    if (!range) return;
    chapter.window.focus();
    const { startContainer, startOffset, endContainer, endOffset } = range;
    chapter.doc.getSelection()?.setBaseAndExtent(startContainer, startOffset, endContainer, endOffset);
    this._report();
  }

  /** Select nothing any more. */
  clear() {
    this.chapter?.doc.getSelection()?.removeAllRanges();
    this._report();
  }

  /** Move the end of the selection, or the caret.
   * @param {{by: string, towards: string, extend: boolean}} how as `Selection.modify` has it */
  move({ by, towards, extend }) {
    const chapter = this.reader.current;
    const selection = chapter?.doc.getSelection();
    if (!chapter || !selection) return;
    if (!selection.rangeCount) this.caret.put(chapter);
    selection.modify(extend ? "extend" : "move", towards, by);
    this.keepInSight(chapter);
    this._report();
  }

  /** Select the word at the caret. */
  word() {
    const chapter = this.reader.current;
    const selection = chapter?.doc.getSelection();
    if (!selection?.rangeCount) return;
    selection.modify("move", "forward", "character"); // from its beginning, “a word back” is the one before
    selection.modify("move", "backward", "word");
    selection.modify("extend", "forward", "word");
    this._report();
  }

  /** Show the page on which the selection is being changed. @param {Chapter} chapter */
  keepInSight(chapter) {
    const rect = caretRect(chapter);
    if (!rect) return;
    if (chapter.scrolled) {
      const { innerHeight } = chapter.window;
      const above = Math.min(0, rect.top), below = Math.max(0, rect.bottom - innerHeight);
      if (above || below) chapter.window.scrollBy({ top: above || below, behavior: "instant" });
      return;
    }
    const page = chapter.pageOf(rect);
    if (page === chapter.page) return chapter.goPage(page);
    chapter.turnTo(page);
    this.reader.relocated("turn");
  }

  /** Tell that what was selected is so no more: a press of the pointer begins another selection. */
  _letGo() {
    if (!this._told) return;
    this._told = "";
    this.reader.emit({ type: "deselected" });
  }

  _soon() {
    this._stop();
    this._stop = later(REST_MS, () => { if (!this.isPressed) this._report(); });
  }

  /** Tell what is selected, if that is news. */
  _report() {
    this._stop();
    const chapter = this.reader.current;
    const range = chapter ? this._range(chapter) : null;
    if (chapter && !range) this.caret.show(chapter);
    else this.caret.hide();
    this.chapter = range ? chapter : null;
    const message = chapter && range ? selected(chapter, range) : { type: "deselected" };
    if (chapter && range) this.handles.show(chapter, range);
    else this.handles.hide();
    const told = range ? JSON.stringify(message) : "";
    if (told === this._told) return;
    this._told = told;
    this.reader.emit(message);
  }

  /** The selected ordinals, without spaces at their ends; null where no text is selected.
   * @param {Chapter} chapter @returns {[number, number] | null} */
  _range(chapter) {
    const selection = chapter.doc.getSelection();
    if (!chapter.text || chapter.standsIn || !selection?.rangeCount || selection.isCollapsed) return null;
    const { startContainer, startOffset, endContainer, endOffset } = selection.getRangeAt(0);
    const start = chapter.text.ordinalOf(startContainer, startOffset);
    const end = chapter.text.ordinalOf(endContainer, endOffset);
    return end > start ? [start, end] : null;
  }
}

/** What is told of a selection. The box is that of its lines on screen.
 * @param {Chapter} chapter @param {[number, number]} range @returns {object} */
function selected(chapter, [start, end]) {
  return { type: "selected", spine: chapter.spine, start, end, box: boxOf(chapter, start, end) };
}

/** The box around a range as far as it is on screen, in coordinates of the page; [0, 0, 0, 0] where
 * nothing of it is. @param {Chapter} chapter @param {number} start @param {number} end
 * @returns {number[]} left, top, width, height, px */
function boxOf(chapter, start, end) {
  const rects = seenRects(chapter, start, end);
  if (!rects.length) return [0, 0, 0, 0];
  const left = Math.min(...rects.map((rect) => rect.left)), top = Math.min(...rects.map((rect) => rect.top));
  const right = Math.max(...rects.map((rect) => rect.right));
  const bottom = Math.max(...rects.map((rect) => rect.bottom));
  return chapter.onPage(new DOMRect(left, top, right - left, bottom - top));
}

/** @param {Chapter} chapter @param {number} start @param {number} end @returns {DOMRect[]} */
function seenRects(chapter, start, end) {
  const rects = chapter.text?.rangeOf(start, end)?.getClientRects() ?? [];
  return Array.from(rects).filter((rect) => rect.width && chapter.shows(rect));
}

/** Where the end of the selection that moves is, or the caret: before its character, or behind the one
 * before it where that is selected or ends a word. @param {Chapter} chapter @returns {DOMRect | null} of
 * no width */
function caretRect(chapter) {
  const selection = chapter.doc.getSelection();
  const { text } = chapter;
  if (!text || !selection?.rangeCount || !selection.focusNode) return null;
  const { focusNode: node, focusOffset: offset } = selection;
  const { endContainer, endOffset } = selection.getRangeAt(0);
  const isEnd = !selection.isCollapsed && node === endContainer && offset === endOffset;
  const ordinal = text.ordinalOf(node, offset);
  const isBehind = ordinal > 0 && (isEnd || ordinal === text.total || endsWord(node, offset));
  const rect = text.rectAt(isBehind ? ordinal - 1 : ordinal);
  return rect && new DOMRect(isBehind === chapter.rtl ? rect.left : rect.right, rect.top, 0, rect.height);
}

/** Whether a word ends at a point. @param {Node} node @param {number} offset */
function endsWord(node, offset) {
  if (node.nodeType !== 3 || !offset) return false;
  const { data } = /** @type {Text} */ (node);
  return /\S/.test(data[offset - 1]) && !/\S/.test(data[offset] ?? "");
}

/** The character under a point of the chapter's frame; null where there is no text.
 * @param {Chapter} chapter @param {number} x @param {number} y
 * @returns {{ordinal: number, rect: DOMRect} | null} */
export function characterAt(chapter, x, y) {
  const point = /** @type {any} */ (chapter.doc).caretPositionFromPoint?.(x, y);
  if (!point || !chapter.text || point.offsetNode.nodeType !== 3) return null;
  const found = chapter.text.ordinalOf(point.offsetNode, point.offset);
  for (const ordinal of [found, found - 1]) { // the caret may be behind the character
    if (ordinal < 0 || ordinal >= chapter.text.total) continue;
    const rect = chapter.text.rectAt(ordinal);
    if (rect && x >= rect.left - 1 && x <= rect.right + 1 && y >= rect.top - 2 && y <= rect.bottom + 2) {
      return { ordinal, rect };
    }
  }
  return null;
}

/** The two handles with which a selection is made longer or shorter. They lie over the page. */
class Handles {
  /** @param {Selecting} selecting */
  constructor(selecting) {
    this.selecting = selecting;
    /** the end that is not dragged @type {[Node, number] | null} */ this._held = null;
    /** @type {HTMLElement[]} */ this.ends = ["start", "end"].map((end) => this._make(end));
  }

  /** @param {string} end @returns {HTMLElement} */
  _make(end) {
    const handle = document.createElement("div");
    handle.className = `handle ${end}`;
    handle.hidden = true;
    document.body.appendChild(handle);
    handle.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      handle.setPointerCapture(event.pointerId);
      this.selecting.isPressed = true;
      this._hold(end);
    });
    handle.addEventListener("pointermove", (event) => {
      if (handle.hasPointerCapture(event.pointerId)) this._drag(event.clientX, event.clientY);
    });
    const drop = () => {
      if (!this.selecting.isPressed) return;
      this.selecting.isPressed = false;
      this.selecting._report();
    };
    handle.addEventListener("pointerup", drop);
    handle.addEventListener("lostpointercapture", drop);
    return handle;
  }

  /** Keep the other end where it is, also while the pointer is dragged beyond it. @param {string} end */
  _hold(end) {
    const selection = this.selecting.chapter?.doc.getSelection();
    if (!selection?.rangeCount) return;
    const { startContainer, startOffset, endContainer, endOffset } = selection.getRangeAt(0);
    this._held = end === "start" ? [endContainer, endOffset] : [startContainer, startOffset];
  }

  /** @param {number} x @param {number} y */
  _drag(x, y) {
    const chapter = this.selecting.chapter;
    if (!chapter || !this._held) return;
    const { offsetLeft, offsetTop } = chapter.frame;
    const point = /** @type {any} */ (chapter.doc).caretPositionFromPoint?.(x - offsetLeft, y - offsetTop - HANDLE);
    if (!point) return;
    chapter.doc.getSelection()?.setBaseAndExtent(...this._held, point.offsetNode, point.offset);
  }

  /** @param {Chapter} chapter @param {[number, number]} range */
  show(chapter, [start, end]) {
    const { text } = chapter;
    if (!text || chapter.vertical) return this.hide();
    [text.rectAt(start), text.rectAt(end - 1)].forEach((rect, i) => {
      const handle = this.ends[i];
      handle.hidden = !rect || !chapter.shows(rect);
      if (!rect) return;
      const [left, top, width, height] = chapter.onPage(rect);
      const isLeft = (i === 0) !== chapter.rtl;
      handle.style.left = `${isLeft ? left : left + width}px`;
      handle.style.top = `${top + height}px`;
    });
  }

  hide() {
    for (const handle of this.ends) handle.hidden = true;
  }
}

const HANDLE = 10; // px from a handle's grip up to its line of text

/** The caret with which text is selected by keys alone. */
class Caret {
  /** @param {Selecting} selecting */
  constructor(selecting) {
    this.selecting = selecting;
    this.isOn = false;
    this.bar = document.createElement("div");
    this.bar.id = "caret";
    this.bar.hidden = true;
    document.body.appendChild(this.bar);
  }

  /** @param {boolean} on */
  set(on) {
    const chapter = this.selecting.reader.current;
    this.isOn = on;
    if (!on || !chapter) return this.selecting.clear();
    chapter.window.focus();
    this.bring(chapter);
    this.selecting._report();
  }

  /** Put it before the first character on screen. @param {Chapter} chapter */
  put(chapter) {
    const point = chapter.text?.pointAt(chapter.firstVisible());
    if (point) chapter.doc.getSelection()?.collapse(point.node, point.offset);
  }

  /** Put it there if it is not on screen. @param {Chapter} chapter */
  bring(chapter) {
    const rect = caretRect(chapter);
    const { innerHeight } = chapter.window;
    const isSeen = rect && (chapter.scrolled ? rect.bottom > 0 && rect.top < innerHeight
      : chapter.pageOf(rect) === chapter.page);
    if (!isSeen) this.put(chapter);
  }

  /** @param {Chapter} chapter */
  show(chapter) {
    const rect = this.isOn ? caretRect(chapter) : null;
    this.bar.hidden = !rect;
    if (!rect) return;
    const [left, top, , height] = chapter.onPage(rect);
    this.bar.style.left = `${left - 1}px`;
    this.bar.style.top = `${top}px`;
    this.bar.style.height = `${height}px`;
  }

  hide() {
    this.bar.hidden = true;
  }
}
