// @ts-check
// One thing of a chapter alone in a frame of its own, as the book sets it: with the book's style sheets,
// and with its surroundings as far as selectors look at them.

import { followSettings } from "./dressing.js";
import { addFaces } from "./faces.js";
import { later } from "./later.js";
import { addMathFont } from "./math_font.js";
import { schemeOf } from "./palette.js";
import { chapterStyle } from "./styles.js";

/** @typedef {import("./styles.js").Settings} Settings */
/** @typedef {import("./subjects.js").Subject} Subject */
/** @typedef {{width: number, height: number}} Size px */

const EMPTY_PAGE = ".kios-viewer.xhtml"; // served in any folder of the book, as addresses in it are relative
const PATIENCE_MS = 3000; // for style sheets, fonts and pictures
const AIR = 16; // px around a table or formula
const LOADING = /^(src|srcset|href|xlink:href|data|poster|style|loading)$/;
const AROUND = "data-kios-around", BESIDE = "data-kios-beside", SHOWN = "data-kios-shown";

const PLAIN = `margin: 0 !important; border: 0 !important; position: static !important;
  float: none !important; transform: none !important; opacity: 1 !important; overflow: visible !important;
  max-width: none !important; max-height: none !important; min-width: 0 !important; min-height: 0 !important;
  columns: auto !important; zoom: 1 !important; filter: none !important; clip-path: none !important;
  mask: none !important; contain: none !important; visibility: visible !important;`;

/** The frame has to be in the page. @param {HTMLIFrameElement} frame @param {Subject} subject
 * @param {Settings} settings @param {Size} room
 * @returns {Promise<Size | null>} its size; null for a picture that can't be drawn */
export async function exhibit(frame, subject, settings, room) {
  await loaded(frame, new URL(EMPTY_PAGE, subject.chapter.doc.URL).href);
  const doc = frame.contentDocument;
  if (!doc?.body) return null; // closed in the meantime
  await addSheets(doc, subject, settings);
  const copy = addCopy(doc, subject);
  followSettings(doc);
  frame.style.colorScheme = schemeOf(settings.colors);
  adopt(frame, subject, settings, room);
  await soon(addFaces(doc, settings.faces));
  addMathFont(/** @type {any} */ ({ doc, window: frame.contentWindow }));
  const pictures = Array.from(doc.images, (image) => image.decode().catch(() => {}));
  await soon(Promise.all([doc.fonts.ready, ...pictures]));
  if (!frame.contentDocument) return null;
  return sized(doc, subject, copy);
}

/** @param {HTMLIFrameElement} frame @param {string} url */
function loaded(frame, url) {
  return soon(new Promise((resolve) => {
    frame.addEventListener("load", resolve, { once: true });
    frame.src = url;
  }));
}

/** Wait for what may never come. @param {Promise<unknown>} event */
function soon(event) {
  return Promise.race([event, new Promise((resolve) => { later(PATIENCE_MS, () => resolve(null)); })]);
}

/** @param {Document} doc @param {Subject} subject @param {Settings} settings */
async function addSheets(doc, { chapter }, settings) {
  if (!settings.publisherStyles) return;
  const coming = [];
  for (const sheet of Array.from(chapter.doc.styleSheets)) {
    const media = sheet.media.mediaText;
    if (!sheet.href) {
      if (sheet.ownerNode) doc.head.appendChild(doc.importNode(sheet.ownerNode, true));
      continue;
    }
    const link = /** @type {HTMLLinkElement} */ (doc.createElement("link"));
    Object.assign(link, { rel: "stylesheet", href: sheet.href, media });
    coming.push(new Promise((resolve) => { link.onload = link.onerror = resolve; }));
    doc.head.appendChild(link);
  }
  await soon(Promise.all(coming));
}

/** @param {Document} doc @param {Subject} subject @returns {Element} the copy */
function addCopy(doc, { chapter, element }) {
  const copy = chapter.mends.original(element, doc);
  copy.setAttribute(SHOWN, "");
  copy.removeAttribute("loading");
  let inner = copy;
  for (let at = element; at.parentElement && at !== chapter.doc.body; at = at.parentElement) {
    const parent = at.parentElement;
    const around = parent === chapter.doc.body ? doc.body : bare(doc, parent);
    for (const { name, value } of Array.from(parent.attributes)) {
      if (around === doc.body && !LOADING.test(name)) around.setAttribute(name, value);
    }
    around.setAttribute(AROUND, "");
    for (const sibling of Array.from(parent.children)) {
      around.appendChild(sibling === at ? inner : besides(doc, sibling));
    }
    inner = around;
  }
  for (const { name, value } of Array.from(chapter.root.attributes)) {
    if (!LOADING.test(name) && !name.startsWith("xmlns")) doc.documentElement.setAttribute(name, value);
  }
  return copy;
}

/** What selectors see of an element beside the shown one, or what a drawing may refer to.
 * @param {Document} doc @param {Element} element @returns {Element} */
function besides(doc, element) {
  const shared = element.localName === "svg" && element.querySelector("defs, symbol");
  const one = shared ? /** @type {Element} */ (doc.importNode(element, true)) : bare(doc, element);
  one.setAttribute(shared ? "style" : BESIDE, shared ? "position: absolute; width: 0; height: 0" : "");
  return one;
}

/** An element without what is in it, and without what it would load.
 * @param {Document} doc @param {Element} element @returns {Element} */
function bare(doc, element) {
  const inert = /^(link|style|script|iframe|object|embed|video|audio|source)$/.test(element.localName);
  const copy = doc.createElementNS(element.namespaceURI, inert ? "span" : element.localName);
  for (const { name, value, namespaceURI } of Array.from(element.attributes)) {
    if (!LOADING.test(name)) copy.setAttributeNS(namespaceURI, name, value);
  }
  return copy;
}

/** Our style sheets, after all of the book. The user's rules end the first one: what is left open there
 * must not take ours in. @param {HTMLIFrameElement} frame
 * @param {Subject} subject @param {Settings} settings @param {Size} room */
function adopt(frame, { chapter, kind }, settings, room) {
  const own = chapter.dressing.own(settings.publisherStyles);
  const doc = /** @type {Document} */ (frame.contentDocument);
  const { CSSStyleSheet } = /** @type {any} */ (frame.contentWindow);
  const asOnThePage = new CSSStyleSheet(), alone = new CSSStyleSheet();
  const geometry = {
    left: 0, top: 0, ...room, gap: 0, columns: 1, layout: /** @type {const} */ ("scroll"),
  };
  const isText = kind === "table" || kind === "formula";
  asOnThePage.replaceSync(chapterStyle({ ...settings, dimPictures: false }, geometry, own, 0));
  alone.replaceSync(`
    html, html body { ${PLAIN} }
    html { overflow: hidden !important; }
    html body { display: block !important; width: max-content !important; max-width: ${room.width}px !important;
      padding: ${isText ? AIR : 0}px !important; background: none !important; }
    body [${AROUND}] { ${PLAIN} display: block !important; width: auto !important; height: auto !important;
      padding: 0 !important; background: none !important; text-indent: 0 !important; }
    [${AROUND}]::before, [${AROUND}]::after { content: none !important; }
    [${BESIDE}] { display: none !important; }
    html body [${SHOWN}] { margin: 0 !important; position: static !important; float: none !important;
      transform: none !important; max-width: none !important; max-height: none !important; }
    html body :is(img, svg)[${SHOWN}] { ${PLAIN} display: block !important; padding: 0 !important; }
    html body math[${SHOWN}] { width: fit-content !important; }`);
  doc.adoptedStyleSheets = [...doc.adoptedStyleSheets, asOnThePage, alone];
}

/** Give it its natural size. @param {Document} doc @param {Subject} subject @param {Element} copy
 * @returns {Size | null} */
function sized(doc, { element, kind }, copy) {
  if (kind === "table" || kind === "formula") {
    const { width } = copy.getBoundingClientRect();
    const whole = Math.ceil(Math.max(width, copy.scrollWidth));
    set(doc.body, { width: `${whole}px`, "max-width": "none" });
    const { height } = doc.body.getBoundingClientRect();
    return { width: whole + 2 * AIR, height: Math.ceil(height) };
  }
  const size = copy.localName === "img" ? pictureSize(/** @type {HTMLImageElement} */ (copy), element)
    : drawingSize(/** @type {SVGSVGElement} */ (copy), element);
  if (!size) return null;
  set(copy, { width: `${size.width}px`, height: `${size.height}px` });
  set(doc.body, { width: `${size.width}px`, "max-width": "none" });
  return size;
}

/** @param {HTMLImageElement} image @param {Element} element on the page @returns {Size | null} */
function pictureSize(image, element) {
  const { naturalWidth: width, naturalHeight: height } = image;
  if (!image.complete || !width || !height) return null;
  const { width: shown } = element.getBoundingClientRect();
  const isDrawing = /\.svgz?($|[?#])|^data:image\/svg/i.test(image.currentSrc);
  const scale = isDrawing && shown > width ? shown / width : 1; // a drawing has no pixels of its own
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}

/** @param {SVGSVGElement} drawing @param {Element} element on the page @returns {Size | null} */
function drawingSize(drawing, element) {
  const { width, height } = element.getBoundingClientRect();
  const view = drawing.viewBox.baseVal;
  const ratio = view && view.width > 0 && view.height > 0 ? view.height / view.width : height / width;
  return width && ratio ? { width: Math.round(width), height: Math.max(1, Math.round(width * ratio)) } : null;
}

/** @param {Element} element @param {Record<string, string>} properties */
function set(element, properties) {
  const { style } = /** @type {HTMLElement} */ (element);
  for (const [name, value] of Object.entries(properties)) style.setProperty(name, value, "important");
}
