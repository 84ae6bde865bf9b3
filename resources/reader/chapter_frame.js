// @ts-check
// The frame of a chapter: loads it until it is there, or a page says that it can't be.

import { later } from "./later.js";

/** How often, and at which intervals, a frame is checked for its chapter, then for the page that
 * replaces a missing one. After a response that is no chapter, the next check follows at once. */
export const PATIENCE = { lookMs: 5000, looks: 4 };
const LOST = "lost.xhtml"; // beside the shell; served without reading the book

export class ChapterFrame {
  /** @param {number} spine @param {string} url @param {typeof PATIENCE} patience */
  constructor(spine, url, patience) {
    this.spine = spine;
    this.url = url;
    this.patience = patience;
    /** @type {"loading" | "ready" | "gone"} */ this.state = "loading";
    this.lost = false; // it did not load, and a page says so; it may load when asked for again
    this.cameLate = () => {}; // called when something that moves lines was loaded after the chapter
    this.looks = 0;
    this.frame = document.createElement("iframe");
    this.frame.setAttribute("sandbox", "allow-same-origin");
    this.frame.setAttribute("aria-label", "Book");
    this.frame.style.display = "none"; // no layout before our style sheet is applied
    /** Settles in any case: when it is ready, given up or removed. @type {Promise<void>} */
    this.settled = new Promise((resolve) => { this._settle = resolve; });
    this._stopLooking = () => {};
    this.frame.addEventListener("load", () => this._came());
    this._ask();
    document.body.appendChild(this.frame);
  }

  get ready() { return this.state === "ready"; }

  /** Whether some of a box of the frame is on the screen. @param {DOMRect} rect */
  shows(rect) {
    const { innerWidth, innerHeight } = /** @type {Window} */ (this.frame.contentWindow);
    return rect.right > 0 && rect.left < innerWidth && rect.bottom > 0 && rect.top < innerHeight;
  }

  /** A box of the frame in coordinates of the page. @param {DOMRect} rect
   * @returns {[number, number, number, number]} left, top, width, height, px */
  onPage({ left, top, width, height }) {
    return [left + this.frame.offsetLeft, top + this.frame.offsetTop, width, height];
  }

  /** Load again: on a busy machine Chromium may lose the first navigation of a frame. */
  _ask() {
    this._stopLooking();
    if (this.looks === this.patience.looks) {
      if (this.lost) return this._end("gone"); // not even the page that replaces it loads
      this.lost = true;
      this.looks = 0;
    }
    this.looks++;
    this.frame.src = this.lost ? LOST : this.url;
    this._wait();
  }

  _wait() {
    this._stopLooking = later(this.patience.lookMs, () => this._look());
  }

  /** The time is over and it has not loaded; possibly only a picture or a font is missing. */
  _look() {
    const state = this._arrivedDoc?.readyState;
    if (!state) return this._ask();
    if (state !== "loading" || ++this.looks > this.patience.looks) return this._arrive();
    this._wait();
  }

  /** The document of the chapter; null while there is none, or only Chromium's error page. */
  get _arrivedDoc() {
    const doc = this.frame.contentDocument;
    return doc && doc.URL !== "about:blank" ? doc : null;
  }

  _came() {
    if (this.state === "gone") return;
    if (this.ready) {
      this._readStyles();
      this.cameLate();
    } else if (this._arrivedDoc) this._arrive();
    else this._ask();
  }

  _arrive() {
    this._stopLooking();
    try {
      this._prepare();
    } catch (error) { // whatever it is, the reader must be able to turn the page
      console.error(`chapter ${this.spine}: ${error}`);
      this.looks = this.patience.looks;
      return this._ask();
    }
    this._end("ready");
  }

  /** @param {"ready" | "gone"} state */
  _end(state) {
    this._stopLooking();
    this.state = state;
    /** @type {() => void} */ (this._settle)();
  }

  remove() {
    if (this.state === "loading") this._end("gone");
    this.frame.remove();
  }

  get doc() { return /** @type {Document} */ (this.frame.contentDocument); }
  get window() { return /** @type {any} */ (this.frame.contentWindow); }
  get root() { return this.doc.documentElement; }

  /** Called once its document is there. */
  _prepare() {}

  /** Called when style sheets came after it. */
  _readStyles() {}
}
