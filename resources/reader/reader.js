// @ts-check
// The reader: the chapter on screen, its neighbours loaded ahead, and the commands that move.

import { Chapter } from "./chapter.js";
import { watchInput } from "./input.js";
import { later } from "./later.js";

/** @typedef {import("./styles.js").Settings} Settings */
/** @typedef {import("./styles.js").Geometry} Geometry */

const PAINTED_MS = 20; // by then the page that was turned to is on the screen
const TOP = 56, BOTTOM = 64; // the chrome's zones: never text, shown or not

export class Reader {
  /** @param {(message: object) => void} emit one JSON object to the program */
  constructor(emit) {
    this.emit = emit;
    /** @type {string[]} */ this.urls = [];
    /** @type {Set<number>} */ this.nonlinear = new Set();
    /** @type {string[][]} ids of the table of contents, per spine item */ this.tocIds = [];
    /** @type {Map<number, Chapter>} */ this.chapters = new Map();
    /** @type {Chapter | null} */ this.current = null;
    /** @type {Settings | null} */ this.settings = null;
    this.queued = 0; // page turns asked for while a chapter is loading
    this.stopTidying = () => {}; // gives up `_loadAround`
    this.stopLines = () => {}; // gives up `lines`
    this.opening = 0; // counts destinations; only the newest arrives
    /** @type {number | null} */ this.heading = null; // the spine item of that one, on its way
    window.addEventListener("resize", () => this.relayout());
  }

  /** @param {{urls: string[], nonlinear: number[], toc_ids: Record<string, string[]>,
   *   settings: Settings, rtl: boolean}} book */
  open(book) {
    this.urls = book.urls;
    this.nonlinear = new Set(book.nonlinear);
    this.tocIds = book.toc_ids;
    this.settings = book.settings;
    this._paint();
  }

  /** Not in the frames that show a page: painting the margins would come before the next turn.
   * @param {{head: string, start: string, centre: string, end: string}} lines */
  lines(lines) {
    this.stopLines();
    this.stopLines = later(PAINTED_MS, () => this._lines(lines));
  }

  /** @param {{head: string, start: string, centre: string, end: string}} lines */
  _lines(lines) {
    const put = (/** @type {string} */ id, /** @type {string} */ text) => {
      const element = document.getElementById(id);
      if (element && element.textContent !== text) element.textContent = text;
    };
    put("head", lines.head);
    put("foot-start", lines.start);
    put("foot-centre", lines.centre);
    put("foot-end", lines.end);
  }

  /** Go to a destination: an ordinal, an element, or the end of a chapter.
   * @param {{spine: number, ordinal?: number, anchor?: string, page?: number, end?: boolean,
   *   cause: string}} to */
  async goTo(to) {
    const turn = ++this.opening;
    this.heading = to.spine;
    const chapter = this._chapter(to.spine);
    await chapter.loaded;
    if (turn !== this.opening) return;
    this.heading = null;
    if (!chapter.geometry) chapter.layout(this._settings, this._geometry());
    if (to.end) chapter.goEnd();
    else if (to.page !== undefined) chapter.turnTo(to.page);
    else if (!(to.anchor && chapter.goAnchor(to.anchor))) chapter.goOrdinal(to.ordinal ?? 0);
    this._show(chapter, to.cause);
    if (this.queued) {
      const turns = this.queued;
      this.queued = 0;
      this.turn(turns);
    }
  }

  /** Turn pages; none is ever dropped. @param {number} count negative goes back */
  turn(count) {
    const chapter = this.current;
    if (!chapter || !chapter.ready || this.waiting) {
      this.queued += count;
      return;
    }
    if (chapter.scrolled) {
      for (; count > 0 && chapter.scrollScreen(1); count--);
      for (; count < 0 && chapter.scrollScreen(-1); count++);
    } else {
      const page = Math.max(0, Math.min(chapter.pages - 1, chapter.page + count));
      const way = page - chapter.page;
      if (way) chapter.turnTo(page);
      count -= way;
    }
    if (count) this._cross(count);
    else this._relocated("turn");
  }

  /** @param {number} count turns left over at the edge of a chapter */
  _cross(count) {
    const chapter = /** @type {Chapter} */ (this.current);
    const forward = count > 0;
    const spine = this._neighbour(chapter.spine, forward ? 1 : -1);
    if (spine === null) {
      this._relocated("turn");
      this.emit({ type: "edge", end: forward });
      return;
    }
    const rest = count - Math.sign(count);
    const next = this._chapter(spine);
    if (next.ready) {
      this._arrive(next, forward, rest);
      return;
    }
    this.waiting = true;
    const turn = ++this.opening;
    next.loaded.then(() => {
      this.waiting = false;
      if (turn === this.opening) this._arrive(next, forward, rest);
    });
  }

  /** @param {Chapter} chapter @param {boolean} forward @param {number} rest */
  _arrive(chapter, forward, rest) {
    if (!chapter.geometry) chapter.layout(this._settings, this._geometry());
    if (forward) chapter.goOrdinal(0);
    else chapter.goEnd();
    this._show(chapter, "turn");
    const more = rest + this.queued;
    this.queued = 0;
    if (more) this.turn(more);
  }

  /** @param {number} spine @param {1 | -1} step @returns {number | null} */
  _neighbour(spine, step) {
    for (let i = spine + step; i >= 0 && i < this.urls.length; i += step) {
      if (!this.nonlinear.has(i)) return i;
    }
    return null;
  }

  /** @param {number} spine @returns {Chapter} */
  _chapter(spine) {
    let chapter = this.chapters.get(spine);
    if (!chapter) {
      chapter = new Chapter(spine, this.urls[spine]);
      this.chapters.set(spine, chapter);
      const loading = chapter;
      loading.loaded.then(() => this._loaded(loading));
    }
    return chapter;
  }

  /** @param {Chapter} chapter */
  _loaded(chapter) {
    if (this.chapters.get(chapter.spine) !== chapter) return;
    watchInput(chapter, this);
    this.emit({
      type: "loaded", spine: chapter.spine, total: chapter.total,
      anchors: chapter.anchors(this.tocIds[chapter.spine] || []),
    });
    if (!chapter.doc.fonts.size) return;
    // Fonts of the book arrive after the first layout and move every line.
    chapter.doc.fonts.ready.then(() => {
      if (!chapter.geometry || this.chapters.get(chapter.spine) !== chapter) return;
      const pages = chapter.pages;
      chapter.layout(this._settings, this._geometry());
      if (chapter === this.current && pages !== chapter.pages) this._relocated("layout");
    });
  }

  /** @param {Chapter} chapter @param {string} cause */
  _show(chapter, cause) {
    if (this.current !== chapter) {
      this.current?.frame.classList.remove("current");
      chapter.frame.classList.add("current");
      this.current = chapter;
    }
    this._relocated(cause);
    // Dropping and making frames costs most of a frame period: not in the one that shows the page.
    this.stopTidying();
    this.stopTidying = later(PAINTED_MS, () => this._loadAround(chapter.spine));
  }

  /** Keep both neighbours laid out and drop the rest. @param {number} spine */
  _loadAround(spine) {
    const wanted = [spine, this._neighbour(spine, 1), this._neighbour(spine, -1), this.heading];
    for (const [key, chapter] of this.chapters) {
      if (!wanted.includes(key)) {
        chapter.remove();
        this.chapters.delete(key);
      }
    }
    for (const key of wanted) {
      if (key === null || this.chapters.has(key)) continue;
      const chapter = this._chapter(key);
      chapter.loaded.then(() => {
        if (this.chapters.get(key) === chapter && !chapter.geometry) {
          chapter.layout(this._settings, this._geometry());
        }
      });
    }
  }

  /** @param {string} cause turn, go or layout */
  _relocated(cause) {
    const c = this.current;
    if (!c) return;
    const at = c.scrolled ? c.window.scrollY + c.window.innerHeight : 0;
    const atEnd = c.scrolled ? at >= c.root.scrollHeight - 2 : c.page === c.pages - 1;
    this.emit({
      type: "relocated", cause, spine: c.spine, ordinal: c.anchor, total: c.total,
      screen: c.screen(), page: c.page, pages: c.pages, chapter_end: atEnd,
      book_end: !this.nonlinear.has(c.spine) && this._neighbour(c.spine, 1) === null &&
        c.endShown(),
    });
  }

  /** Everything that was asked for before this has been done, and reported. */
  settle() {
    this.emit({ type: "settled" });
  }

  /** The page scrolled under the reader's own hand. */
  scrolledByHand() {
    const c = this.current;
    if (!c || !c.scrolled) return;
    const first = c.firstVisible();
    if (first === c.anchor) return;
    c.anchor = first;
    this._relocated("turn");
  }

  /** @param {Settings} settings */
  applySettings(settings) {
    this.settings = settings;
    this._paint();
    this.relayout();
  }

  relayout() {
    if (!this.settings) return;
    const geometry = this._geometry();
    for (const chapter of this.chapters.values()) {
      if (chapter.geometry) chapter.layout(this._settings, geometry);
    }
    this._relocated("layout");
  }

  get _settings() { return /** @type {Settings} */ (this.settings); }

  _paint() {
    const style = document.documentElement.style;
    style.setProperty("--bg", this._settings.colors.bg);
    style.setProperty("--muted", this._settings.colors.muted);
  }

  /** The page box for the window as it is. @returns {Geometry} */
  _geometry() {
    const s = this._settings;
    const context = /** @type {CanvasRenderingContext2D} */ (
      document.createElement("canvas").getContext("2d"));
    context.font = `${s.size}px ${s.font}`;
    const sample = "The quick reader turns the page and finds the place where others stopped. ";
    const measure = Math.round((context.measureText(sample).width / sample.length) * s.measure);
    const room = Math.max(160, window.innerWidth - 2 * s.margin);
    const height = Math.max(120, window.innerHeight - TOP - BOTTOM);
    const gap = Math.max(48, 2 * s.margin);
    const two = s.layout === "pages" &&
      (s.columns === "2" || (s.columns === "auto" && 2 * measure + gap <= room));
    // Even widths keep both columns on whole pixels.
    const width = 2 * Math.floor(Math.min(two ? 2 * measure + gap : measure, room) / 2);
    return {
      left: Math.floor((window.innerWidth - width) / 2), top: TOP, width, height, gap,
      columns: two ? 2 : 1, layout: s.layout,
    };
  }
}
