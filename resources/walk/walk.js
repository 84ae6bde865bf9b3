// @ts-check
// The probe of a walk through a book: what can be seen on each page that the reader shows. It runs
// beside the reader, in its isolated world, and changes nothing of a chapter but to open `details`.

import { Clips, common } from "./boxes.js";
import { lossesOf } from "./losses.js";
import { Pictures } from "./pictures.js";
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
    /** @type {number[]} */ this.blank = [];
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
    if (!text && !picture) this.blank.push(this.chapter.page);
  }

  report() {
    const { chapter, reach } = this;
    const lost = lossesOf(reach);
    const missing = lost.reduce((sum, one) => sum + one.characters, 0);
    const characters = chapter.total - reach.uncounted;
    return {
      spine: chapter.spine, total: chapter.total, characters, reached: characters - missing, lost,
      pictures: this.pictures.report(), blank: this.blank, pages: this.pages,
      stands_in: chapter.standsIn, broken: chapter.doc.getElementsByTagName("parsererror").length > 0,
    };
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

  /** Look at the page that is shown. */
  look() {
    const chapter = this.reader.current;
    if (this.seen?.chapter !== chapter) this.seen = new Seen(this.reader, chapter);
    this.seen.look();
    return true;
  }

  /** What was seen of the chapter that was looked at last. */
  report() { return this.seen ? this.seen.report() : null; }
}

/** @type {any} */ (globalThis).kiosWalk = new Walk(/** @type {any} */ (globalThis).kios);
