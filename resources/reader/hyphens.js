// @ts-check
// Soft hyphens in the running text of a chapter, as Chromium has no dictionaries of its own. They are
// ours, not the book's: ordinals.js does not count them, and copying.js leaves them out.

import { SOFT_HYPHEN, softened } from "./ordinals.js";
import { isVerse } from "./paragraphs.js";
import { Patterns } from "./patterns.js";

const LEFT = 2, RIGHT = 3; // the fewest letters before and after a hyphen
const SHORTEST = LEFT + RIGHT;
const LETTER = /[\p{L}\p{M}]/u;
const ADDRESS = /[\d@\\/_]/; // beside a word: it is part of an address, a number or the name of a file
const UNDIVIDED = "h1, h2, h3, h4, h5, h6, pre, code, kbd, samp, var, tt, math, svg, ruby, script, " +
  "style, textarea, select, title, button, [translate=no], [contenteditable]";
const BLOCKS = "address, article, aside, blockquote, body, caption, center, dd, div, dt, figcaption, " +
  "footer, header, li, main, nav, p, section, summary, td, th";
const CACHED = 100_000; // words; War and Peace has 20,000

/** Whether a code unit is a letter: 0 if that is not known yet, 1, or 2 for no. */
const kinds = new Uint8Array(0x10000);

/** @param {string} text @param {number} at */
function isLetter(text, at) {
  const c = text.charCodeAt(at);
  return (kinds[c] ||= LETTER.test(text[at]) ? 1 : 2) === 1;
}

/** The language that an element names; "" says that it has none. @param {Element} element */
const named = (element) => element.getAttribute("xml:lang") ?? element.getAttribute("lang");

/** Divides the words of one language. */
class Divider {
  /** @param {Patterns} patterns */
  constructor(patterns) {
    this._patterns = patterns;
    /** Words and what they are with soft hyphens. @type {Map<string, string>} */
    this._known = new Map();
  }

  /** @param {string} text @param {boolean} joinedBefore its first word begins in the text before
   * @param {boolean} joinedAfter its last word goes on in the text after
   * @returns {string} with soft hyphens */
  divided(text, joinedBefore, joinedAfter) {
    let done = "", copied = 0;
    for (let from = 0; from < text.length; from++) {
      if (!isLetter(text, from)) continue;
      let to = from + 1;
      while (to < text.length && isLetter(text, to)) to++;
      const isPart = (joinedBefore && from === 0) || (joinedAfter && to === text.length);
      if (to - from >= SHORTEST && !isPart && !isInAddress(text, from, to)) {
        done += text.slice(copied, from) + this._word(text.slice(from, to));
        copied = to;
      }
      from = to;
    }
    return done + text.slice(copied);
  }

  /** @param {string} word */
  _word(word) {
    let divided = this._known.get(word);
    if (divided !== undefined) return divided;
    divided = isShouted(word) ? word : this._divide(word);
    if (this._known.size >= CACHED) this._known.clear();
    this._known.set(word, divided);
    return divided;
  }

  /** @param {string} word */
  _divide(word) {
    let divided = "", from = 0;
    for (const at of this._patterns.points(word)) {
      if (at < LEFT || at > word.length - RIGHT) continue;
      divided += word.slice(from, at) + SOFT_HYPHEN;
      from = at;
    }
    return divided + word.slice(from);
  }
}

/** @param {string} word */
const isShouted = (word) => word === word.toUpperCase() && word !== word.toLowerCase();

/** Whether a word is part of something like “www.example.org/words2”.
 * @param {string} text @param {number} from @param {number} to */
function isInAddress(text, from, to) {
  const before = text.charAt(from - 1), after = text.charAt(to);
  if (ADDRESS.test(before) || ADDRESS.test(after)) return true;
  return (before === "." && from > 1 && isLetter(text, from - 2)) ||
    (after === "." && to + 1 < text.length && isLetter(text, to + 1));
}

/** The dividers of the languages of a book, each read once. */
export class Dividers {
  constructor() {
    /** null: there are no patterns for it. @type {Map<string, Divider | null>} */
    this._known = new Map();
    /** @type {Map<string, Promise<void>>} */ this._read = new Map();
  }

  /** @param {string} language @returns {Divider | null | undefined} undefined if it was not read yet */
  of(language) {
    return language ? this._known.get(language) : null;
  }

  /** Read a language. @param {string} language @returns {Promise<void>} settles in any case */
  read(language) {
    let reading = this._read.get(language);
    if (!reading) this._read.set(language, reading = this._fetch(language));
    return reading;
  }

  /** @param {string} language */
  async _fetch(language) {
    try {
      const lines = await (await fetch(`hyphens/${encodeURIComponent(language)}`)).text();
      this._known.set(language, lines ? new Divider(new Patterns(lines)) : null);
    } catch (error) { // without them, the text is only set less evenly
      console.error(`no hyphenation for ${language}: ${error}`);
      this._known.set(language, null);
    }
  }
}

/** The soft hyphens in one chapter. */
export class Hyphens {
  /** @param {Document} doc @param {string} language of the book */
  constructor(doc, language) {
    this.doc = doc;
    this._language = language;
    /** the texts that hold them @type {Text[]} */ this.texts = [];
    this._done = false;
  }

  /** Put them in, where the language was read.
   * @param {Dividers} dividers @returns {string[]} languages to read before it is done */
  put(dividers) {
    if (this._done) return [];
    /** @type {Set<string>} */ const missing = new Set();
    /** @type {Map<Element | null, string>} */ const languages = new Map();
    const texts = runningTexts(this.doc);
    texts.forEach((text, i) => {
      if (softened.has(text) || text.data.length < SHORTEST || text.data.includes(SOFT_HYPHEN)) return;
      const language = this._languageOf(text.parentElement, languages);
      const divider = dividers.of(language);
      if (divider === undefined) missing.add(language);
      else if (divider) this._divide(text, divider, texts[i - 1], texts[i + 1]);
    });
    this._done = !missing.size;
    return [...missing];
  }

  /** @param {Text} text @param {Divider} divider @param {Text | undefined} before @param {Text | undefined} after */
  _divide(text, divider, before, after) {
    const divided = divider.divided(text.data, areJoined(before, text), areJoined(text, after));
    if (divided === text.data) return;
    text.data = divided;
    softened.add(text);
    this.texts.push(text);
  }

  /** @param {Element | null} element @param {Map<Element | null, string>} known @returns {string} */
  _languageOf(element, known) {
    if (!element) return this._language;
    let language = known.get(element);
    if (language === undefined) {
      language = named(element) ?? this._languageOf(element.parentElement, known);
      known.set(element, language);
    }
    return language;
  }

  /** Take them out again. */
  takeOut() {
    for (const text of this.texts) {
      text.data = text.data.replaceAll(SOFT_HYPHEN, "");
      softened.delete(text);
    }
    this.texts = [];
    this._done = false;
  }
}

/** Whether a word goes on from one text into the next. @param {Text | undefined} one @param {Text | undefined} next */
function areJoined(one, next) {
  if (!one || !next || !LETTER.test(one.data.slice(-1)) || !LETTER.test(next.data.slice(0, 1))) return false;
  return one.parentElement?.closest(BLOCKS) === next.parentElement?.closest(BLOCKS);
}

/** The texts of a chapter in which words may be divided. @param {Document} doc @returns {Text[]} */
function runningTexts(doc) {
  /** @type {Text[]} */ const texts = [];
  if (!doc.body) return texts;
  const shown = NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT | NodeFilter.SHOW_CDATA_SECTION;
  const walker = doc.createTreeWalker(doc.body, shown, (node) => {
    if (node.nodeType !== Node.ELEMENT_NODE) return NodeFilter.FILTER_ACCEPT;
    const skipped = /** @type {Element} */ (node).matches(UNDIVIDED);
    return skipped ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_SKIP;
  });
  const isDivided = blocksThatDivide(doc);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (isDivided(/** @type {Element} */ (node.parentElement))) texts.push(/** @type {Text} */ (node));
  }
  return texts;
}

const LARGE = 1.5; // of the text around, from which it is a title

/** Tells whether words of an element are divided: not in titles, verse and code, whatever their tags.
 * @param {Document} doc @returns {(owner: Element) => boolean} */
function blocksThatDivide(doc) {
  const view = /** @type {Window} */ (doc.defaultView);
  const body = parseFloat(view.getComputedStyle(doc.body).fontSize);
  /** @type {Map<Element, boolean>} */ const known = new Map();
  /** @type {Map<Element | null, boolean>} */ const verses = new Map();
  return (owner) => {
    const block = owner.closest(BLOCKS) ?? doc.body;
    let divides = known.get(block);
    if (divides === undefined) {
      const style = view.getComputedStyle(block);
      divides = !/center|right|end/.test(style.textAlign) && !/mono|courier|consol|menlo/i.test(style.fontFamily) &&
        !style.whiteSpace.startsWith("pre") && parseFloat(style.fontSize) < LARGE * body && !isVerse(block, verses);
      known.set(block, divides);
    }
    return divides;
  };
}
