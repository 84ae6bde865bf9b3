// @ts-check
// The probe of a walk through a book: what can be seen on each page that the reader shows. It runs
// beside the reader, in its isolated world, and changes nothing of a chapter but to open `details`.

import { Paint } from "./blank.js";
import { Clips, common } from "./boxes.js";
import { lowContrast } from "./contrast.js";
import { lossesOf } from "./losses.js";
import { Marks } from "./marks.js";
import { Pictures } from "./pictures.js";
import { brokenWords, sizesOf } from "./quality.js";
import { Reach } from "./reach.js";

/** What was seen of one chapter. */
class Seen {
  /** @param {any} reader @param {any} chapter */
  constructor(reader, chapter) {
    this.chapter = chapter;
    this.clips = new Clips(chapter.window);
    const sheet = new chapter.window.CSSStyleSheet();
    // What takes no clicks still covers, and can be covered.
    sheet.replaceSync(":root:root:root * { pointer-events: auto !important }" +
      ":root:root:root svg, :root:root:root svg * { pointer-events: all !important }");
    chapter.doc.adoptedStyleSheets = [...chapter.doc.adoptedStyleSheets, sheet];
    this.reach = new Reach(reader, chapter, this.clips);
    this.pictures = new Pictures(chapter.doc, this.clips);
    this.marks = new Marks(chapter.doc, this.clips);
    this.paint = new Paint(chapter.doc);
    /** @type {{page: number, around: string}[]} */ this.blank = [];
    this.pages = 0;
  }

  /** The part of the chapter's frame that is in the window, in the frame's coordinates. */
  get page() {
    const { left, top, width, height } = this.chapter.frame.getBoundingClientRect();
    const box = common({ left, top, right: left + width, bottom: top + height },
      { left: 0, top: 0, right: window.innerWidth, bottom: window.innerHeight });
    // a scroll bar takes room from the page
    const { clientWidth, clientHeight } = this.chapter.root;
    return { left: box.left - left, top: box.top - top,
      right: Math.min(box.right - left, clientWidth || Infinity),
      bottom: Math.min(box.bottom - top, clientHeight || Infinity) };
  }

  look() {
    this.pages++;
    const { page } = this;
    const text = this.reach.look(page);
    const picture = this.pictures.look(page);
    this.marks.look(page);
    if (text || picture || this.chapter.scrolled || this.chapter.standsIn) return;
    if (!this.paint.isOn(page)) {
      this.blank.push({ page: this.chapter.page, around: this.paint.around(page) });
    }
  }

  /** Whether the chapter has nothing to show, wherever. */
  get isEmpty() {
    return !this.reach.runs.length && !this.pictures.all.length && !this.paint.painted.length;
  }

  /** @param {number} asked the text size, px */
  report(asked) {
    const { chapter, reach } = this;
    const sizes = sizesOf(reach, asked);
    const broken = brokenWords(reach);
    const lost = lossesOf(reach);
    const missing = lost.reduce((sum, one) => sum + one.characters, 0);
    const characters = chapter.total - reach.uncounted;
    return {
      spine: chapter.spine, total: chapter.total, characters, reached: characters - missing,
      lost: [...lost, ...this.marks.losses()],
      pictures: this.pictures.report(), pages: this.pages,
      empty: this.isEmpty, blank: this.isEmpty ? [] : this.blank,
      small_text: sizes.characters, small: sizes.small, shrunk: sizes.shrunk,
      overlaps: reach.overlaps, broken_words: broken.count, broken_samples: broken.samples,
      stands_in: chapter.standsIn, is_error: chapter.doc.getElementsByTagName("parsererror").length > 0,
    };
  }

  /** The least contrast with each of the styles given, which change colours only.
   * @param {Record<string, any>} styles by name of the page theme @param {any} settings in force */
  contrasts(styles, settings) {
    const { chapter } = this;
    const owners = [...new Set(this.reach.runs.map((run) => run.owner))];
    const found = Object.entries(styles).map(([theme, style]) => {
      chapter.dressing.apply(style);
      return { theme, ...lowContrast(chapter.window, owners, style.colors.bg) };
    });
    chapter.dressing.apply(settings);
    return found.filter((one) => one.elements);
  }
}

class Walk {
  /** @param {any} reader */
  constructor(reader) {
    this.reader = reader;
    /** @type {Seen | null} */ this.seen = null;
  }

  /** Whether all that moves lines of the current chapter has come. */
  ready() {
    const { doc } = this.reader.current;
    const pictures = Array.from(doc.images);
    return doc.readyState === "complete" && doc.fonts.status === "loaded" &&
      pictures.every((/** @type {HTMLImageElement} */ picture) => picture.complete);
  }

  /** Open what the reader of the current chapter can open. @returns {number} how many there were */
  openDetails() {
    const closed = this.reader.current.doc.querySelectorAll("details:not([open])");
    for (const details of closed) {
      details.removeAttribute("name"); // of those with one name only one can be open
      details.open = true;
    }
    return closed.length;
  }

  /** Look at the page that is shown, and at those that turns from it lead to, up to the chapter's
   * last one, for some time. @param {number} ms
   * @returns {object} what the walker reads as a batch */
  through(ms) {
    const { reader } = this;
    const chapter = reader.current;
    const end = performance.now() + ms;
    /** @type {number[]} */ const turns = [];
    const result = (/** @type {object} */ how) => (
      { is_last: false, is_stuck: false, is_left: false, turns_ms: turns, ...how });
    for (;;) {
      this.look();
      if (isAtEnd(chapter)) return result({ is_last: true });
      if (performance.now() > end) return result({});
      const before = placeOf(chapter), start = performance.now();
      reader.turn(1);
      turns.push(performance.now() - start);
      if (reader.current !== chapter || reader.way) return result({ is_left: true });
      if (placeOf(chapter) === before) return result({ is_stuck: true });
    }
  }

  /** Look at the page that is shown. */
  look() {
    const chapter = this.reader.current;
    if (this.seen?.chapter !== chapter) this.seen = new Seen(this.reader, chapter);
    this.seen.look();
  }

  /** What was seen of the chapter that was looked at last. */
  report() { return this.seen ? this.seen.report(this.reader.settings.size) : null; }

  /** The page themes in which text of that chapter is hard to see.
   * @param {Record<string, any>} styles settings by name of the page theme */
  contrasts(styles) { return this.seen ? this.seen.contrasts(styles, this.reader.settings) : []; }
}

/** @param {any} chapter */
const placeOf = (chapter) => `${chapter.page} ${chapter.window.scrollY}`;

/** @param {any} chapter whether its last page is shown */
function isAtEnd(chapter) {
  if (!chapter.scrolled) return chapter.page >= chapter.pages - 1;
  const { scrollY, innerHeight } = chapter.window;
  return scrollY + innerHeight >= chapter.root.scrollHeight - 2;
}

/** @type {any} */ (globalThis).kiosWalk = new Walk(/** @type {any} */ (globalThis).kios);
