// @ts-check
// One chapter in its frame: loads it, styles it, divides it into pages, and finds what is on them.

import { ChapterFrame, PATIENCE } from "./chapter_frame.js";
import { showControls } from "./controls.js";
import { Dressing } from "./dressing.js";
import { fit } from "./fit.js";
import { markPictures } from "./inks.js";
import { Mends } from "./mends.js";
import { Paints } from "./paints.js";
import { flattenNests } from "./nests.js";
import { lastPicture, onlyPicture, pictureOn, picturesByPage, screenful } from "./pictures.js";
import { addMathFont } from "./math_font.js";
import { TextIndex } from "./ordinals.js";
import { BodySizes } from "./sizes.js";
import { RISE, columnWidth } from "./styles.js";

/** @typedef {import("./styles.js").Settings} Settings */
/** @typedef {import("./styles.js").Geometry} Geometry */

export class Chapter extends ChapterFrame {
  /** @param {number} spine @param {string} url @param {BodySizes} [bodySizes] of the book
   * @param {typeof PATIENCE} [patience] */
  constructor(spine, url, bodySizes = new BodySizes(), patience = PATIENCE) {
    super(spine, url, patience);
    this.page = 0;
    this.pages = 1;
    /** the ordinal to keep on screen through every new layout */
    this.anchor = 0;
    /** the picture to keep on screen, on a page without text @type {Element | null} */
    this._plate = null;
    /** @type {TextIndex | null} */ this.text = null;
    /** @type {import("./hyphens.js").Hyphens | null} */ this.hyphens = null;
    /** @type {Geometry | null} */ this.geometry = null;
    this.rtl = false;
    this.vertical = false;
    /** @type {Map<number, number>} */ this._starts = new Map();
    /** @type {Map<number, HTMLImageElement[]> | null} */ this._pictures = null;
    /** @type {WeakSet<Element>} */ this._decoded = new WeakSet();
    this.mends = new Mends();
    this.paints = new Paints(this);
    this.dressing = new Dressing(this, bodySizes);
    this.standsIn = false;
    this._scrolledTo = 0; // px
  }

  get total() { return this.text ? this.text.total : 0; }

  _prepare() {
    this.dressing.read();
    showControls(this.doc);
    addMathFont(this);
    this.text = new TextIndex(this.doc);
    const mark = this.total ? null : this.root.getAttribute("data-kios-stand-in");
    this.standsIn = mark !== null; // a page in place of the chapter: its characters are not counted
    this.lost = mark === "lost";
    this.edge = this.doc.createElement("div");
    this.edge.setAttribute("aria-hidden", "true");
    this.root.appendChild(this.edge);
    const style = this.window.getComputedStyle(this.doc.body || this.root);
    this.rtl = style.direction === "rtl";
    this.vertical = style.writingMode !== "horizontal-tb";
    // Columns follow the direction of <html>; many books set it on <body> only.
    if (this.rtl && !this.root.dir) this.root.dir = "rtl";
  }

  /** Called when style sheets came after the chapter. */
  _readStyles() {
    this.dressing.read();
  }

  /** Lay the chapter out, keeping its anchor on screen.
   * @param {Settings} settings @param {Geometry} geometry
   * @param {boolean} [fitting] false in measurements of what Chromium alone would lose */
  layout(settings, geometry, fitting = true) {
    this.mends.undo();
    const picture = onlyPicture(this);
    if (picture) { // it is centred on the page, not in the first of two columns
      geometry = { ...geometry, columns: 1 };
      this.mends.set(picture, { display: "block", "margin-left": "auto", "margin-right": "auto" });
    }
    this.geometry = geometry;
    const style = this.frame.style;
    const whole = geometry.layout === "scroll"; // the scroll bar is at the edge of the window
    style.left = whole ? "0" : `${geometry.left - geometry.gap / 2}px`;
    style.top = `${geometry.top - (whole ? 0 : RISE)}px`;
    style.width = whole ? "100%" : `${geometry.width + geometry.gap}px`;
    style.height = `${geometry.height + (whole ? 0 : 2 * RISE)}px`;
    // A frame that is not displayed has no width to ask for, and a long chapter is dressed sooner in it.
    if (this.dressing.asksWidth) style.display = "block";
    this.dressing.apply(settings);
    style.display = "block";
    markPictures(this).catch((error) => console.error(`chapter ${this.spine}: ${error}`));
    if (fitting) flattenNests(this);
    this.measure();
    if (fitting && !this.vertical) fit(this);
    this.paints.again();
    const plate = this._plate?.getClientRects()[0];
    if (plate) this._show(plate);
    else this.goOrdinal(this.anchor);
  }

  /** Divide the chapter into pages. */
  measure() {
    const g = /** @type {Geometry} */ (this.geometry);
    this._starts.clear();
    this._pictures = null;
    if (g.layout === "scroll") {
      this.pages = 1;
      return;
    }
    this.end(1);
    const columns = Math.max(1, Math.round((this.root.scrollWidth - this.bleed) / this.pitch));
    this.end(Math.ceil(columns / g.columns));
  }

  /** Let the chapter end with a page. It is made as wide as its pages, for Chromium scrolls no further
   * than to the last column. @param {number} pages */
  end(pages) {
    this.pages = pages;
    const side = this.rtl ? "right" : "left";
    this.edge.style.cssText = `all: initial !important; position: absolute !important;
      top: 0 !important; ${side}: ${pages * this.step - 1}px !important;
      width: 1px !important; height: 1px !important`;
  }

  /** The width of a page with its gap, px. */
  get step() {
    const g = /** @type {Geometry} */ (this.geometry);
    return g.width + g.gap;
  }

  /** The width of a column, px. */
  get column() {
    return columnWidth(/** @type {Geometry} */ (this.geometry));
  }

  /** The distance between the starts of two columns, px. */
  get pitch() {
    return this.column + /** @type {Geometry} */ (this.geometry).gap;
  }

  /** The room beside a page in which letters that hang out of a column are still seen, px. */
  get bleed() {
    return /** @type {Geometry} */ (this.geometry).gap / 2;
  }

  get scrolled() { return /** @type {Geometry} */ (this.geometry).layout === "scroll"; }

  /** Distance of a box from the start of the chapter along the reading axis, px.
   * @param {DOMRect} rect @returns {number} */
  along(rect) {
    return this.scrolled ? rect.top + this.window.scrollY : this.across(rect);
  }

  /** Distance of a box from the side of the first page, or of the scrolled text, where lines start.
   * @param {DOMRect} rect @returns {number} px */
  across(rect) {
    return this.rtl ? this.origin - rect.right : rect.left - this.origin;
  }

  /** Where `across` counts from, in the coordinates of the frame, px. */
  get origin() {
    const { scrollX } = this.window;
    if (!this.rtl) return -scrollX;
    return (this.scrolled ? this.root.clientWidth : this.step) - scrollX;
  }

  /** The sides of the column that a box starts in, counted as by `across`.
   * @param {DOMRect} rect @returns {{start: number, end: number}} px */
  columnOf(rect) {
    if (this.scrolled) {
      const body = this.doc.body.getBoundingClientRect();
      const start = this.across(body);
      return { start, end: start + body.width };
    }
    const start = Math.floor((this.across(rect) + 1) / this.pitch) * this.pitch + this.bleed;
    return { start, end: start + this.column };
  }

  /** The lowest that a box on a page may reach, px. */
  get floor() {
    return RISE + /** @type {Geometry} */ (this.geometry).height;
  }

  /** @param {DOMRect} rect @returns {number} */
  pageOf(rect) {
    if (this.scrolled) return 0;
    const page = Math.floor((this.along(rect) + 0.5) / this.step);
    return Math.max(0, Math.min(this.pages - 1, page));
  }

  /** @param {number} page */
  goPage(page) {
    this.page = Math.max(0, Math.min(this.pages - 1, page));
    const x = this.page * this.step;
    this.window.scrollTo({ left: this.rtl ? -x : x, top: 0, behavior: "instant" });
  }

  /** Stand on a page again after Chromium scrolled the frame: on that of what has the focus, or else
   * on the one that most of the frame shows. */
  snap() {
    const { scrollX, scrollY } = this.window;
    if (!scrollY && Math.abs(Math.abs(scrollX) - this.page * this.step) < 1) return;
    if (this.goToFocus()) return;
    this._settleOn(Math.round(Math.abs(scrollX) / this.step));
  }

  /** Show what has the focus. @returns {boolean} whether something in the text has it */
  goToFocus() {
    const { activeElement } = this.doc;
    const rect = activeElement && activeElement !== this.doc.body && activeElement !== this.root
      ? activeElement.getClientRects()[0] : null;
    if (rect) this._settleOn(this.pageOf(rect));
    return Boolean(rect);
  }

  /** @param {number} page */
  _settleOn(page) {
    if (page === this.page) this.goPage(page);
    else this.turnTo(page);
  }

  /** Turn to a page and make its first character the anchor. @param {number} page */
  turnTo(page) {
    this.goPage(page);
    this.anchor = this.startOf(this.page);
    const isPlate = this.anchor === this.startOf(this.page + 1);
    this._plate = isPlate ? pictureOn(this, this.page) : null;
  }

  /** First ordinal on a page. @param {number} page @returns {number} */
  startOf(page) {
    if (page <= 0) return 0;
    if (!this.text || page >= this.pages) return this.total;
    const known = this._starts.get(page);
    if (known !== undefined) return known;
    const low = this._starts.get(page - 1) ?? 0;
    const edge = page * this.step - 0.5;
    const start = this.text.firstFrom((rect) => this.along(rect), edge, low);
    this._starts.set(page, start);
    return start;
  }

  /** Do now what turns to the pages around would have to wait for: find where they start, and decode
   * their pictures. */
  prepareAround() {
    this._prepareTurns([this.page, this.page + 1, this.page + 2, this.page - 1]);
  }

  /** The same for the pages that a turn from another chapter may lead to. */
  prepareEnds() {
    this._prepareTurns([0, 1, this.pages - 1]);
  }

  /** @param {number[]} pages */
  _prepareTurns(pages) {
    if (!this.geometry || this.scrolled) return;
    for (const page of pages) this.startOf(page);
    this._pictures ??= picturesByPage(this);
    for (const picture of pages.flatMap((page) => this._pictures.get(page) ?? [])) {
      if (this._decoded.has(picture)) continue;
      this._decoded.add(picture);
      picture.decode().catch(() => {}); // a broken one is shown as such
    }
  }

  /** Show the screen that holds an ordinal. @param {number} ordinal */
  goOrdinal(ordinal) {
    this._plate = null;
    // In a chapter that can't be shown, the place is kept unchanged.
    this.anchor = this.standsIn ? ordinal : Math.max(0, Math.min(ordinal, this.total));
    const rect = ordinal > 0 && this.text ? this.text.rectAt(this.anchor) : null;
    this._show(rect);
  }

  /** Show the screen that holds an element. @param {string} id @returns {boolean} */
  goAnchor(id) {
    const element = this._target(id);
    if (!element || !this.text) return false;
    this.anchor = this.text.ordinalBefore(element);
    this._plate = null;
    const rects = element.getClientRects();
    this._show(rects.length ? rects[0] : this.text.rectAt(this.anchor));
    return true;
  }

  /** What a fragment names: an element by id, else an <a name>. @param {string} id */
  _target(id) {
    return this.doc.getElementById(id) || this.doc.querySelector(`a[name="${CSS.escape(id)}"]`);
  }

  /** @param {DOMRect | null} rect */
  _show(rect) {
    if (this.scrolled) {
      this._scroll(rect ? Math.max(0, this.along(rect) - 4) : 0);
    } else {
      this.goPage(rect ? this.pageOf(rect) : 0);
    }
  }

  /** @param {number} top px */
  _scroll(top) {
    this.window.scrollTo({ top, behavior: "instant" });
    this._scrolledTo = this.window.scrollY;
  }

  /** Whether the text was scrolled since it was last shown: it shows the last words of a chapter
   * without having them at its top, so what is at the top is no place that anybody chose. */
  get isScrolledByHand() { return Math.abs(this.window.scrollY - this._scrolledTo) >= 1; }

  goEnd() {
    if (this.scrolled) {
      this._scroll(this.root.scrollHeight);
      this.anchor = this.firstVisible();
    } else {
      this.turnTo(this.pages - 1);
    }
  }

  /** @returns {number} */
  firstVisible() {
    if (!this.text) return 0;
    if (!this.scrolled) return this.startOf(this.page);
    if (this.window.scrollY <= 0) return 0;
    return this.text.firstFrom((rect) => this.along(rect), this.window.scrollY - 1);
  }

  /** Ordinals on the screen. @returns {number} */
  screen() {
    if (!this.text) return 0;
    if (!this.scrolled) return this.startOf(this.page + 1) - this.startOf(this.page);
    const bottom = this.window.scrollY + this.window.innerHeight;
    const first = this.firstVisible();
    return this.text.firstFrom((rect) => this.along(rect), bottom, first) - first;
  }

  /** Whether the last words are on the screen, or without words the last picture. The last page
   * does not prove it: the rest may be where no page reaches. @returns {boolean} */
  endShown() {
    if (this.lost) return false;
    const rect = this.text?.total ? this.text.lastRect() : lastPicture(this);
    if (!rect) return this.scrolled || this.page === this.pages - 1;
    // In vertical text our pages run backwards: the last words are where the first page should be.
    const first = this.text?.total ? this.text.rectAt(0) : null;
    if (first && this.pageOf(first) > this.page) return false;
    return this.shows(rect);
  }

  /** @param {1 | -1} direction @returns {boolean} whether there was somewhere to scroll to */
  scrollScreen(direction) {
    const before = this.window.scrollY;
    const line = parseFloat(this.window.getComputedStyle(this.root).lineHeight) || 28;
    const way = direction * Math.max(line, screenful(this, direction) - line);
    this._scroll(before + way);
    if (Math.abs(this.window.scrollY - before) < 1) return false;
    this.anchor = this.firstVisible();
    return true;
  }

  /** Scroll the box that has the focus sideways. @param {number} direction 1 or -1
   * @returns {boolean} whether it is one that scrolls, and was not at its end */
  scrollFocused(direction) {
    const box = this.doc.activeElement;
    if (!box || !this.mends.scrollers.has(box)) return false;
    const before = box.scrollLeft;
    const way = direction * (this.rtl ? -1 : 1) * 0.8 * box.clientWidth;
    box.scrollTo({ left: before + way, behavior: "instant" });
    return Math.abs(box.scrollLeft - before) > 1;
  }

  /** Ordinals of elements, for the table of contents. @param {string[]} ids */
  anchors(ids) {
    /** @type {Record<string, number>} */ const found = {};
    for (const id of ids) {
      const element = this._target(id);
      if (element && this.text) found[id] = this.text.ordinalBefore(element);
    }
    return found;
  }
}
