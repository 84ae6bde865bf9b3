// @ts-check
// The marks of lists: numbers and bullets stand outside their item, where no range reaches.

import { area, common, meet, pathOf } from "./boxes.js";
import { measure } from "./overprint.js";

/** @typedef {import("./boxes.js").Box} Box */
/** @typedef {import("./boxes.js").Clips} Clips */
/** @typedef {{item: Element, text: string, most: number}} Mark */

const ENOUGH = 0.75; // of its width, as of a letter's
const BULLET = 9; // px beside a bullet, by Chromium's ListMarker::InlineMarginsForOutside

export class Marks {
  /** @param {Document} doc @param {Clips} clips */
  constructor(doc, clips) {
    this.clips = clips;
    /** @type {Mark[]} */ this.all = [];
    const numbers = numbersOf(doc);
    for (const [item, number] of numbers) {
      const text = textOf(number, clips.style(item));
      if (text) this.all.push({ item, text, most: 0 });
    }
  }

  /** Note what is on the page. @param {Box} page */
  look(page) {
    for (const mark of this.all) {
      if (mark.most >= ENOUGH) continue;
      const box = this._box(mark);
      if (!box || !meet(page, { ...box, left: page.left, right: page.right })) continue;
      const seen = common(box, this.clips.visible(this.clips.around(mark.item), box, page));
      mark.most = Math.max(mark.most, area(seen) / area(box));
    }
  }

  /** Those that were cut on every page. @returns {{characters: number, sample: string,
   *   reason: string}[]} as losses: marks are no characters of the book */
  losses() {
    const cut = this.all.filter((mark) => mark.most < ENOUGH && this._box(mark));
    if (!cut.length) return [];
    const reason = `${cut.length} list marks are cut off, such as at ${pathOf(cut[0].item)}`;
    return [{ characters: 0, sample: cut.slice(0, 5).map((mark) => mark.text).join(" "), reason }];
  }

  /** Where a mark is drawn, client px; null where it is not. @param {Mark} mark @returns {Box | null} */
  _box({ item, text }) {
    const style = this.clips.style(item);
    const [rect] = item.getClientRects();
    if (!rect || style.visibility !== "visible" || style.display !== "list-item") return null;
    const m = measure(item.ownerDocument, style, text);
    const ascent = m.fontBoundingBoxAscent;
    const width = isBullet(text) ? (ascent * 2) / 3 + BULLET : m.width;
    const ink = isBullet(text) ? ascent / 2 : m.width;
    const top = rect.top + parseFloat(style.borderTopWidth) + parseFloat(style.paddingTop);
    const height = ascent + m.fontBoundingBoxDescent;
    if (style.direction === "rtl") {
      const right = rect.right + width;
      return { left: right - ink, right, top, bottom: top + height };
    }
    const left = rect.left - width;
    return { left, right: left + ink, top, bottom: top + height };
  }
}

const SYMBOLS = /^(disc|circle|square)$/;
const ROMAN = /** @type {[number, string][]} */ ([[1000, "m"], [900, "cm"], [500, "d"], [400, "cd"],
  [100, "c"], [90, "xc"], [50, "l"], [40, "xl"], [10, "x"], [9, "ix"], [5, "v"], [4, "iv"], [1, "i"]]);

/** @param {string} text */
const isBullet = (text) => text === "•";

/** What the mark of an item says; "" without one outside it.
 * @param {number} number @param {CSSStyleDeclaration} style @returns {string} */
function textOf(number, style) {
  if (style.display !== "list-item" || style.listStylePosition !== "outside") return "";
  const kind = style.listStyleType;
  if (kind === "none" || style.listStyleImage !== "none") return "";
  if (SYMBOLS.test(kind)) return "•";
  if (/roman/.test(kind)) return `${cased(roman(number), kind)}. `;
  if (/alpha|latin/.test(kind)) return `${cased(letters(number), kind)}. `;
  return /^decimal/.test(kind) ? `${number}. ` : "";
}

/** The items of all lists with their numbers. @param {Document} doc @returns {Map<Element, number>} */
function numbersOf(doc) {
  /** @type {Map<Element, number>} */ const numbers = new Map();
  for (const list of doc.body ? doc.body.querySelectorAll("ol, ul, menu") : []) {
    const items = Array.from(list.children).filter((one) => one.localName === "li");
    const down = list.hasAttribute("reversed");
    let number = Number(list.getAttribute("start") ?? (down ? items.length : 1));
    for (const item of items) {
      number = Number(item.getAttribute("value") ?? number);
      numbers.set(item, number);
      number += down ? -1 : 1;
    }
  }
  return numbers;
}

/** @param {string} text @param {string} kind */
const cased = (text, kind) => (kind.startsWith("upper") ? text.toUpperCase() : text);

/** @param {number} number */
function roman(number) {
  let rest = number, text = "";
  for (const [value, sign] of ROMAN) for (; rest >= value; rest -= value) text += sign;
  return text || String(number);
}

/** @param {number} number */
function letters(number) {
  let text = "";
  for (let rest = number; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    text = String.fromCharCode(97 + ((rest - 1) % 26)) + text;
  }
  return text || String(number);
}
