// @ts-check
// Pages with nothing of the book on them.

import { meet, pathOf } from "./boxes.js";
import { alphaOf } from "./cover.js";

/** @typedef {import("./boxes.js").Box} Box */

const DRAWN = "img, svg, video, canvas, object, embed, iframe, hr, input, textarea, select, button, " +
  "meter, progress, audio[controls], math";
const SIDES = ["Top", "Right", "Bottom", "Left"];

/** What is drawn of a chapter besides text: borders, backgrounds, lines, marks, generated content. */
export class Paint {
  /** @param {Document} doc */
  constructor(doc) {
    this.doc = doc;
    /** @type {Element[] | null} */ this._painted = null;
  }

  /** The elements that draw something; found when first asked for, as most pages hold text. */
  get painted() {
    if (!this._painted) {
      const view = /** @type {any} */ (this.doc.defaultView);
      const all = this.doc.body ? [this.doc.body, ...this.doc.body.querySelectorAll("*")] : [];
      this._painted = all.filter((element) => draws(view, element));
    }
    return this._painted;
  }

  /** Whether any of it is on the page. @param {Box} page */
  isOn(page) {
    return this.painted.some((element) =>
      Array.from(element.getClientRects()).some((rect) => meet(rect, page)));
  }

  /** What the book has on a page that shows nothing, to tell why it is there. @param {Box} page */
  around(page) {
    const found = [];
    for (const element of this.doc.body ? this.doc.body.querySelectorAll("*") : []) {
      const [rect] = element.getClientRects();
      if (rect && rect.right > page.left && rect.left < page.right && rect.top < page.bottom &&
        rect.bottom >= page.top) found.push(element);
    }
    const last = found.filter((element) => !found.some((other) => element !== other && element.contains(other)));
    return last.slice(0, 3).map(pathOf).join(", ");
  }
}

/** @param {any} view @param {Element} element */
function draws(view, element) {
  const style = view.getComputedStyle(element);
  if (style.visibility !== "visible" || Number(style.opacity) === 0) return false;
  if (element.matches(DRAWN)) return true;
  if (alphaOf(style.backgroundColor) > 0 || style.backgroundImage !== "none") return true;
  if (SIDES.some((side) => parseFloat(style[`border${side}Width`]) > 0 &&
    !/none|hidden/.test(style[`border${side}Style`]) && alphaOf(style[`border${side}Color`]) > 0)) return true;
  if (style.display === "list-item" && style.listStyleType !== "none") return true;
  return ["::before", "::after"].some((name) => !/^(none|normal|""|"\s*")$/.test(view.getComputedStyle(element, name).content));
}
