// @ts-check
// The reader: the chapter on screen, its neighbours loaded ahead, and the commands that navigate.

import { Chapter } from "./chapter.js";
import { PATIENCE } from "./chapter_frame.js";
import { addFaces, dress, facesOf } from "./faces.js";
import { watchCopying } from "./copying.js";
import { Dividers, Hyphens } from "./hyphens.js";
import { watchInput } from "./input.js";
import { later } from "./later.js";
import { Selecting } from "./selection.js";
import { BodySizes } from "./sizes.js";
import { Viewer } from "./viewer.js";

/** @typedef {import("./styles.js").Settings} Settings */
/** @typedef {import("./styles.js").Geometry} Geometry */

/**
 * @typedef {object} Way a navigation to a chapter that is not shown yet
 * @property {number} spine
 * @property {number} crossing 1 or -1 if turns cross the edge of a chapter, else 0
 * @property {number} turns requested, including the crossing; the others are made on arrival
 * @property {(chapter: Chapter) => void} arrive
 */

const PAINTED_MS = 20; // after it, the page that was turned to is on the screen
const RELAID_MS = 200; // after a new layout, before the chapters beside it get theirs
const PATTERNS_MS = 300; // to wait for hyphenation patterns, which mostly come with the chapter
const TOP = 56, BOTTOM = 64; // px for header and footer: no text is there even while they are hidden

export class Reader {
  /** @param {(message: object) => void} emit one JSON object to the program */
  constructor(emit) {
    this.emit = emit;
    /** @type {string[]} */ this.urls = [];
    this.language = "";
    this.dividers = new Dividers();
    /** @type {Set<number>} */ this.nonlinear = new Set();
    /** @type {string[][]} ids of the table of contents, per spine item */ this.tocIds = [];
    /** @type {Map<number, Chapter>} */ this.chapters = new Map();
    /** @type {Chapter | null} */ this.current = null;
    /** @type {Settings | null} */ this.settings = null;
    this.fitting = true; // off in measurements of what Chromium alone would lose
    this.ahead = true; // the next and the previous chapter are loaded in advance
    /** the chapter of which that was told last @type {number | null} */ this.reportedAhead = null;
    this.stopTidying = () => {}; // cancels `_loadAround`
    this.stopPreparing = () => {}; // cancels `prepareAround`
    /** Only the newest navigation arrives. @type {Way | null} */ this.way = null;
    this.patience = PATIENCE;
    this.bodySizes = new BodySizes();
    this.viewer = new Viewer(this);
    this.selecting = new Selecting(this);
    window.addEventListener("resize", () => this.relayout());
  }

  /** @param {import("./faces.js").Face[]} faces files to read before a book is opened */
  readFaces(faces) {
    addFaces(document, faces);
  }

  /** @param {{urls: string[], nonlinear: number[], toc_ids: Record<string, string[]>,
   *   settings: Settings, ahead: boolean, language: string}} book */
  open(book) {
    this.urls = book.urls;
    this.bodySizes = new BodySizes();
    this.language = book.language;
    this.nonlinear = new Set(book.nonlinear);
    this.tocIds = book.toc_ids;
    this.settings = book.settings;
    this.ahead = book.ahead;
    addFaces(document, book.settings.faces); // while the first chapter loads
    if (book.settings.hyphenate && this.language) this.dividers.read(this.language); // before a chapter
    this._paint();
  }

  /** Show the running lines. They come in the frame after that of a turned page, in which nothing else
   * changes: any later, and the next turn may have to wait for their frame.
   * @param {{head: string, start: string, centre: string, end: string}} lines */
  lines(lines) {
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
  goTo(to) {
    if (this.chapters.get(to.spine)?.lost) this._drop(to.spine); // it may load this time
    this._setOut({ spine: to.spine, crossing: 0, turns: 0, arrive: (chapter) => {
      if (to.end) chapter.goEnd();
      else if (to.page !== undefined) chapter.turnTo(to.page);
      else if (!(to.anchor && chapter.goAnchor(to.anchor))) chapter.goOrdinal(to.ordinal ?? 0);
      this._show(chapter, to.cause);
    } });
  }

  /** What a key or a click at the side asks for: a wide table or formula that has the focus is read to
   * its end first. @param {number} count as for `turn` */
  step(count) {
    if (!this.way && Math.abs(count) === 1 && this.current?.scrollFocused(count)) this.relocated("turn");
    else this.turn(count);
  }

  /** Paint ranges of a chapter, instead of those of the same layer. A chapter that is not loaded gets them
   * after it has told that it is. @param {{spine: number, layer: string, ranges: [number, number][]}} what */
  paint({ spine, layer, ranges }) {
    const chapter = this.chapters.get(spine);
    if (chapter?.ready && !chapter.lost && !chapter.standsIn) chapter.paints.set(layer, ranges);
  }

  /** Turn pages; none is dropped. During a navigation they count from its destination.
   * @param {number} count negative goes back */
  turn(count) {
    const way = this.way;
    if (way) {
      way.turns += count;
      if (way.crossing * way.turns > 0 || !way.crossing) return;
      this.way = null; // turned back before it arrived
      count = way.turns;
    }
    const chapter = this.current;
    if (!chapter) return;
    if (chapter.scrolled) {
      for (; count > 0 && chapter.scrollScreen(1); count--);
      for (; count < 0 && chapter.scrollScreen(-1); count++);
    } else {
      const page = Math.max(0, Math.min(chapter.pages - 1, chapter.page + count));
      const by = page - chapter.page;
      if (by) chapter.turnTo(page);
      count -= by;
    }
    if (count) this._cross(chapter, count);
    else this.relocated("turn");
  }

  /** @param {Chapter} chapter @param {number} count turns left over at its edge */
  _cross(chapter, count) {
    const crossing = count > 0 ? 1 : -1;
    const spine = this._neighbour(chapter.spine, crossing);
    if (spine === null) {
      this.relocated("turn");
      this.emit({ type: "edge", end: crossing > 0 });
      return;
    }
    this._setOut({ spine, crossing, turns: count, arrive: (next) => {
      if (crossing > 0) next.goOrdinal(0);
      else next.goEnd();
      this._show(next, "turn");
    } });
  }

  /** Begin to navigate to another chapter, replacing a navigation under way.
   * @param {Way} way */
  _setOut(way) {
    this.way = way;
    const chapter = this._chapter(way.spine);
    // Reported before the layout: if the engine crashes in it, Kios knows the chapter.
    if (!chapter.geometry) this.emit({ type: "heading", spine: way.spine });
    if (chapter.state === "loading") {
      chapter.settled.then(() => this._patterns()).then(() => this._arrive(way, chapter));
    } else this._arrive(way, chapter);
  }

  /** @param {Way} way @param {Chapter} chapter */
  _arrive(way, chapter) {
    if (this.way !== way) return;
    this.way = null;
    if (!chapter.ready) { // not even the page that replaces it
      this._drop(way.spine);
      this.emit({ type: "lost", spine: way.spine });
      return;
    }
    if (!chapter.geometry) this._layOut(chapter);
    way.arrive(chapter);
    if (way.turns !== way.crossing) this.turn(way.turns - way.crossing);
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
      chapter = new Chapter(spine, this.urls[spine], this.bodySizes, this.patience);
      this.chapters.set(spine, chapter);
      const loading = chapter;
      loading.settled = loading.settled.then(() => dress(loading, this._settings.faces));
      loading.settled.then(() => this._loaded(loading));
    }
    return chapter;
  }

  /** @param {number} spine */
  _drop(spine) {
    const chapter = this.chapters.get(spine);
    this.chapters.delete(spine);
    if (chapter !== this.current) chapter?.remove(); // the current one is removed later
  }

  /** @param {Chapter} chapter */
  _loaded(chapter) {
    if (!chapter.ready || this.chapters.get(chapter.spine) !== chapter) return;
    watchInput(chapter, this);
    if (chapter.lost) return;
    this.selecting.watch(chapter);
    if (!chapter.standsIn) {
      chapter.hyphens = new Hyphens(chapter.doc, this.language);
      watchCopying(chapter.hyphens);
    }
    this.emit({
      type: "loaded", spine: chapter.spine, total: chapter.total,
      anchors: chapter.anchors(this.tocIds[chapter.spine] || []),
    });
    // Fonts and slow resources are loaded after the first layout, and move every line.
    chapter.cameLate = () => this.layAgain(chapter);
    if (chapter.doc.fonts.size > facesOf(chapter.doc).size) chapter.doc.fonts.ready.then(chapter.cameLate);
  }

  /** @param {Chapter} chapter */
  _layOut(chapter) {
    const geometry = this._geometry();
    document.documentElement.style.setProperty("--edge", `${Math.max(24, geometry.left)}px`);
    this._hyphenate(chapter);
    chapter.layout(this._settings, geometry, this.fitting);
  }

  /** The patterns of the book's language, or a moment: what is laid out before they come is laid out
   * twice. @returns {Promise<void> | undefined} */
  _patterns() {
    if (!this._settings.hyphenate || this.dividers.of(this.language) !== undefined) return undefined;
    const moment = new Promise((resolve) => { later(PATTERNS_MS, () => resolve(undefined)); });
    return Promise.race([this.dividers.read(this.language), /** @type {Promise<void>} */ (moment)]);
  }

  /** Put soft hyphens into a chapter, or take them out. Where patterns were not read yet, the chapter
   * is laid out again with them. @param {Chapter} chapter */
  _hyphenate(chapter) {
    if (!this._settings.hyphenate) return chapter.hyphens?.takeOut();
    const missing = chapter.hyphens?.put(this.dividers) ?? [];
    if (!missing.length) return;
    Promise.all(missing.map((language) => this.dividers.read(language))).then(() => this.layAgain(chapter));
  }

  /** Lay a chapter out again, as its content has another size. @param {Chapter} chapter */
  layAgain(chapter) {
    if (!chapter.geometry || this.chapters.get(chapter.spine) !== chapter) return;
    const pages = chapter.pages;
    this._layOut(chapter);
    if (chapter === this.current && pages !== chapter.pages) this.relocated("layout");
  }

  /** @param {Chapter} chapter @param {string} cause */
  _show(chapter, cause) {
    const before = this.current;
    if (before !== chapter) {
      before?.frame.classList.remove("current");
      if (before && this.chapters.get(before.spine) !== before) before.remove();
      chapter.frame.classList.add("current");
      this.current = chapter;
    }
    this.relocated(cause);
    // Removing and adding frames takes most of a frame period: not in the one that shows the page.
    this.stopTidying();
    this.stopTidying = later(PAINTED_MS, () => this._loadAround(chapter.spine));
  }

  /** Keep both neighbours laid out, and remove the other chapters.
   * @param {number} spine */
  _loadAround(spine) {
    const around = [this._neighbour(spine, 1), this._neighbour(spine, -1)];
    const kept = [spine, ...around, this.way?.spine];
    for (const key of [...this.chapters.keys()]) {
      if (!kept.includes(key)) this._drop(key);
    }
    // Each of both takes half a frame: a turn that comes now must not wait for the two.
    if (this.ahead) this.stopTidying = later(0, () => this._loadAhead(around));
  }

  /** Load them one after another: if the engine crashes in one, Kios knows which.
   * @param {(number | null)[]} around */
  async _loadAhead(around) {
    const from = this.current;
    for (const key of around) {
      if (this.current !== from || this.way) return; // it is called again on arrival
      if (key === null) continue;
      const known = this.chapters.get(key);
      if (known?.geometry) {
        known.prepareEnds();
        continue;
      }
      this.emit({ type: "ahead", spine: key });
      this.reportedAhead = key;
      const chapter = this._chapter(key);
      await chapter.settled;
      await new Promise((resolve) => { later(0, () => resolve(undefined)); }); // a turn comes first
      try {
        if (this.current !== from || this.way) return;
        if (chapter.ready && this.chapters.get(key) === chapter && !chapter.geometry) {
          this._layOut(chapter);
          chapter.prepareEnds();
        }
      } finally {
        // Not where another one was begun meanwhile: if that crashes, Kios must know it.
        if (this.reportedAhead === key) this.emit({ type: "ahead", spine: null });
      }
    }
  }

  /** @param {string} cause turn, go or layout */
  relocated(cause) {
    const c = this.current;
    if (!c) return;
    const at = c.scrolled ? c.window.scrollY + c.window.innerHeight : 0;
    const atEnd = c.scrolled ? at >= c.root.scrollHeight - 2 : c.page === c.pages - 1;
    this.emit({
      type: "relocated", cause, spine: c.spine, ordinal: c.anchor, total: c.total,
      first: c.firstVisible(), screen: c.screen(), page: c.page, pages: c.pages, chapter_end: atEnd,
      book_end: !this.nonlinear.has(c.spine) && this._neighbour(c.spine, 1) === null &&
        c.endShown(),
    });
    this.selecting.shown();
    this.stopPreparing();
    this.stopPreparing = later(PAINTED_MS, () => c.prepareAround());
  }

  /** Report `settled`: all earlier commands are done and reported. */
  settle() {
    if (!this.way) return this.emit({ type: "settled" });
    this._chapter(this.way.spine).settled.then(() => this._patterns()).then(() => this.settle());
  }

  /** The user has scrolled the page. */
  scrolledByHand() {
    const c = this.current;
    if (!c || !c.scrolled || !c.isScrolledByHand) return;
    const first = c.firstVisible();
    if (first === c.anchor) return;
    c.anchor = first;
    this.relocated("turn");
  }

  /** Keep the frame at a page: Chromium scrolls it to what is selected or gets the focus.
   * @param {Chapter} chapter @param {boolean} [focused] something has just got the focus */
  snap(chapter, focused = false) {
    if (chapter !== this.current || chapter.scrolled || !chapter.geometry) return;
    const page = chapter.page;
    if (!(focused && chapter.goToFocus())) chapter.snap();
    if (chapter.page !== page) this.relocated("turn");
  }

  /** @param {Settings} settings */
  applySettings(settings) {
    this.settings = settings;
    this._paint();
    const known = facesOf(document);
    if (settings.faces.every((face) => known.has(face.url))) return this.relayout();
    const chapters = [...this.chapters.values()];
    Promise.all(chapters.map((chapter) => dress(chapter, settings.faces))).then(() => this.relayout());
  }

  relayout() {
    if (!this.settings) return;
    const { current } = this;
    for (const chapter of this.chapters.values()) {
      if (chapter !== current) chapter.geometry = null; // of another layout: it follows, or waits for a turn
    }
    if (!current?.geometry) return;
    this._layOut(current);
    this.relocated("layout");
    this.stopTidying();
    this.stopTidying = later(RELAID_MS, () => this._loadAround(current.spine));
  }

  get _settings() { return /** @type {Settings} */ (this.settings); }

  _paint() {
    const style = document.documentElement.style;
    style.setProperty("--bg", this._settings.colors.bg);
    style.setProperty("--muted", this._settings.colors.muted);
    style.setProperty("--link", this._settings.colors.link);
  }

  /** The page box for the current size of the window. @returns {Geometry} */
  _geometry() {
    const s = this._settings;
    const context = /** @type {CanvasRenderingContext2D} */ (
      document.createElement("canvas").getContext("2d"));
    context.font = `${s.size}px ${s.font}`;
    const sample = "The quick reader turns the page and finds the place where others stopped. ";
    const measure = Math.round((context.measureText(sample).width / sample.length) * s.measure);
    const room = Math.max(160, window.innerWidth - 2 * s.margin);
    const rest = Math.max(120, window.innerHeight - TOP - BOTTOM);
    // Whole lines: the last ones of both columns stand side by side.
    const line = s.size * s.lineHeight;
    const height = s.layout === "pages" ? Math.ceil(Math.floor(rest / line) * line) : rest;
    const gap = Math.max(48, 2 * s.margin);
    const two = s.layout === "pages" &&
      (s.columns === "2" || (s.columns === "auto" && 2 * measure + gap <= room));
    // Even widths keep both columns on whole pixels.
    const width = 2 * Math.floor(Math.min(two ? 2 * measure + gap : measure, room) / 2);
    return {
      left: Math.floor((window.innerWidth - width) / 2),
      top: TOP + Math.floor((rest - height) / 2), width, height, gap,
      columns: two ? 2 : 1, layout: s.layout,
    };
  }
}
