// @ts-check
// The text that is selected: reported as ordinals, kept in sight, and changed by keys or by handles.

import { later } from "./later.js";

/** @typedef {import("./chapter.js").Chapter} Chapter */
/** @typedef {import("./reader.js").Reader} Reader */

const REST_MS = 80; // without a change, before a selection is reported

/** What a chapter point is, in coordinates of the chapter's frame.
 * @typedef {{node: Node, offset: number}} Point */

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
    chapter.doc.addEventListener("mousedown", () => {
      this.isPressed = true;
      this.handles.hide();
    }, true);
    chapter.doc.addEventListener("mouseup", () => { this.isPressed = false; this._soon(); }, true);
  }

  /** Whether text of the chapter on screen is selected. */
  get isThere() {
    const selection = this.reader.current?.doc.getSelection();
    return Boolean(selection && !selection.isCollapsed);
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

  /** Show the page on which the selection is being changed. @param {Chapter} chapter */
  keepInSight(chapter) {
    const selection = chapter.doc.getSelection();
    if (!selection?.focusNode || chapter.scrolled) return;
    const rect = pointRect(chapter, selection.focusNode, selection.focusOffset);
    if (!rect) return;
    const page = chapter.pageOf(rect);
    if (page === chapter.page) return chapter.goPage(page);
    chapter.turnTo(page);
    this.reader.relocated("turn");
  }

  _soon() {
    this._stop();
    this._stop = later(REST_MS, () => this._report());
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
export function boxOf(chapter, start, end) {
  const rects = seenRects(chapter, start, end);
  if (!rects.length) return [0, 0, 0, 0];
  const left = Math.min(...rects.map((rect) => rect.left)), top = Math.min(...rects.map((rect) => rect.top));
  const right = Math.max(...rects.map((rect) => rect.right));
  const bottom = Math.max(...rects.map((rect) => rect.bottom));
  const { offsetLeft, offsetTop } = chapter.frame;
  return [left + offsetLeft, top + offsetTop, right - left, bottom - top];
}

/** @param {Chapter} chapter @param {number} start @param {number} end @returns {DOMRect[]} */
function seenRects(chapter, start, end) {
  const { innerWidth, innerHeight } = chapter.window;
  const rects = chapter.text?.rangeOf(start, end)?.getClientRects() ?? [];
  return Array.from(rects).filter((rect) => rect.width && rect.right > 0 && rect.left < innerWidth &&
    rect.bottom > 0 && rect.top < innerHeight);
}

/** @param {Chapter} chapter @param {Node} node @param {number} offset @returns {DOMRect | null} */
function pointRect(chapter, node, offset) {
  const { text } = chapter;
  if (!text) return null;
  const ordinal = text.ordinalOf(node, offset);
  return text.rectAt(Math.min(ordinal, text.total - 1));
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
    });
    handle.addEventListener("pointermove", (event) => {
      if (handle.hasPointerCapture(event.pointerId)) this._drag(end, event.clientX, event.clientY);
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

  /** @param {string} end @param {number} x @param {number} y */
  _drag(end, x, y) {
    const chapter = this.selecting.chapter;
    const selection = chapter?.doc.getSelection();
    if (!chapter || !selection?.rangeCount) return;
    const { offsetLeft, offsetTop } = chapter.frame;
    const point = /** @type {any} */ (chapter.doc).caretPositionFromPoint?.(x - offsetLeft, y - offsetTop - HANDLE);
    if (!point) return;
    const range = selection.getRangeAt(0);
    const [node, offset] = end === "start" ? [range.endContainer, range.endOffset]
      : [range.startContainer, range.startOffset];
    selection.setBaseAndExtent(node, offset, point.offsetNode, point.offset);
  }

  /** @param {Chapter} chapter @param {[number, number]} range */
  show(chapter, [start, end]) {
    const { text } = chapter;
    if (!text || chapter.vertical) return this.hide();
    const { offsetLeft, offsetTop } = chapter.frame;
    const { innerWidth, innerHeight } = chapter.window;
    [text.rectAt(start), text.rectAt(end - 1)].forEach((rect, i) => {
      const handle = this.ends[i];
      const isSeen = rect && rect.right > 0 && rect.left < innerWidth && rect.bottom > 0 && rect.top < innerHeight;
      handle.hidden = !isSeen;
      if (!rect) return;
      handle.style.left = `${offsetLeft + ((i === 0) === chapter.rtl ? rect.right : rect.left)}px`;
      if (i === 1) handle.style.left = `${offsetLeft + (chapter.rtl ? rect.left : rect.right)}px`;
      handle.style.top = `${offsetTop + rect.bottom}px`;
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
    if (!chapter.doc.getSelection()?.rangeCount || !this._isSeen(chapter)) this.put(chapter);
    this.selecting._report();
  }

  /** Put it before the first character on screen. @param {Chapter} chapter */
  put(chapter) {
    const point = chapter.text?.pointAt(chapter.firstVisible());
    if (point) chapter.doc.getSelection()?.collapse(point.node, point.offset);
  }

  /** @param {Chapter} chapter */
  _isSeen(chapter) {
    const selection = chapter.doc.getSelection();
    const rect = selection?.focusNode ? pointRect(chapter, selection.focusNode, selection.focusOffset) : null;
    return Boolean(rect && chapter.pageOf(rect) === chapter.page);
  }

  /** @param {Chapter} chapter */
  show(chapter) {
    const selection = chapter.doc.getSelection();
    const rect = this.isOn && selection?.focusNode
      ? pointRect(chapter, selection.focusNode, selection.focusOffset) : null;
    this.bar.hidden = !rect;
    if (!rect) return;
    const { offsetLeft, offsetTop } = chapter.frame;
    this.bar.style.left = `${offsetLeft + (chapter.rtl ? rect.right : rect.left) - 1}px`;
    this.bar.style.top = `${offsetTop + rect.top}px`;
    this.bar.style.height = `${rect.height}px`;
  }

  hide() {
    this.bar.hidden = true;
  }
}
