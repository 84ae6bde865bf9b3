// @ts-check
// Pictures: whether each of them was on some page as a whole.

import { area, common, pathOf } from "./boxes.js";

/** @typedef {import("./boxes.js").Box} Box */
/** @typedef {import("./boxes.js").Clips} Clips */
/** @typedef {{element: Element, most: number}} Picture */

const WHOLE = 0.98; // of its box
const KINDS = "img, svg, object, embed, video";

export class Pictures {
  /** @param {Document} doc @param {Clips} clips */
  constructor(doc, clips) {
    this.clips = clips;
    /** @type {Picture[]} */ this.all = [];
    for (const element of doc.body ? doc.body.querySelectorAll(KINDS) : []) {
      if (isPicture(element) && isShown(element, clips)) this.all.push({ element, most: 0 });
    }
  }

  /** Note what is on the page. @param {Box} page @returns {boolean} whether any picture is */
  look(page) {
    let any = false;
    for (const picture of this.all) {
      const rect = picture.element.getBoundingClientRect();
      if (rect.right < page.left || rect.left > page.right) continue;
      const around = this.clips.around(picture.element);
      const whole = area(rect);
      const seen = area(common(rect, this.clips.visible(around, rect, page)));
      if (!seen) continue;
      any = true;
      picture.most = Math.max(picture.most, seen / whole);
    }
    return any;
  }

  /** @returns {{name: string, source: string, state: "whole"|"cut"|"never"|"failed"|"remote",
   *   seen: number}[]} */
  report() {
    return this.all.map(({ element, most }) => {
      const state = isRemote(element) ? "remote" : failed(element) ? "failed" : most >= WHOLE ? "whole" : most ? "cut" : "never";
      return { name: nameOf(element), source: sourceOf(element), state,
        seen: Math.floor(100 * most) / 100 };
    });
  }
}

/** @param {Element} element */
function isPicture(element) {
  if (element.localName === "img" && !addressOf(element)) return false;
  if (element.localName === "svg") return !element.parentElement?.closest("svg");
  if (element.localName === "object" || element.localName === "embed") {
    return /^image\//.test(element.getAttribute("type") || "image/");
  }
  return true;
}

/** Whether the book shows it at all. @param {Element} element @param {Clips} clips */
function isShown(element, clips) {
  if (/hidden|collapse/.test(clips.style(element).visibility)) return false;
  if (element.parentElement?.closest("video, audio, object") && !element.getClientRects().length) return false;
  for (let at = /** @type {Element | null} */ (element); at; at = at.parentElement) {
    if (clips.style(at).display === "none") return false;
  }
  if (element.localName !== "svg") return true;
  const { width, height } = clips.style(element);
  return !(parseFloat(width) === 0 || parseFloat(height) === 0); // it holds definitions
}

/** @param {Element} element */
function failed(element) {
  if (element.localName === "img") return /** @type {HTMLImageElement} */ (element).naturalWidth === 0;
  if (element.localName === "video") return isUnplayable(/** @type {HTMLMediaElement} */ (element));
  return element.localName === "object" || element.localName === "embed"; // no page has one in it
}

/** @param {HTMLMediaElement} media */
function isUnplayable(media) {
  return media.error !== null || media.networkState === 3; // NO_SOURCE
}

/** The path of its file in the book; "" where it has none. @param {Element} element */
function sourceOf(element) {
  const url = urlOf(element);
  if (!url || url.host !== location.host) return "";
  try {
    return decodeURIComponent(url.pathname.slice(1));
  } catch {
    return "";
  }
}

/** @param {Element} element @returns {string} as it is written, "" without one */
function addressOf(element) {
  const inner = element.querySelector("source[src]");
  return (element.getAttribute("src") || element.getAttribute("srcset") || element.getAttribute("data") ||
    inner?.getAttribute("src") || "").trim();
}

/** @param {Element} element @returns {URL | null} null for what is written into the page itself */
function urlOf(element) {
  const written = addressOf(element);
  if (!written || written.startsWith("data:")) return null;
  try {
    return new URL(written, element.ownerDocument.baseURI);
  } catch {
    return null;
  }
}

/** Whether it is on the web. @param {Element} element */
function isRemote(element) {
  return /^(https?|ftp):$/.test(urlOf(element)?.protocol ?? "");
}

/** @param {Element} element */
function nameOf(element) {
  const source = sourceOf(element);
  return `${source.split("/").pop() || element.localName} in ${pathOf(element)}`;
}
