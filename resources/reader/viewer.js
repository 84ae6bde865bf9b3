// @ts-check
// The viewer of pictures, drawings, tables and formulas: a frame over the page, which stays as it is.
// Where the frame is put, and how large, is the program's matter: `ui/reader/viewer`.

import { exhibit } from "./exhibit.js";
import { fileOf, isOnScreen, subjectsAt, subjectsOf, wordsOf } from "./subjects.js";

/** @typedef {import("./chapter.js").Chapter} Chapter */
/** @typedef {import("./reader.js").Reader} Reader */
/** @typedef {import("./styles.js").Settings} Settings */
/** @typedef {import("./subjects.js").Subject} Subject */

/**
 * @typedef {object} Look
 * @property {string} scrim CSS colour over the page
 * @property {string} paper behind pictures, which may be transparent
 * @property {string} ink on it
 * @property {string} night behind pictures that would not be seen on the paper
 */

const MOST_PIXELS = 3e8; // of a picture: drawing more would take more than a gigabyte
const BRIGHT = 190; // of 255
const SAMPLE = 24; // px of the side of the copy that a picture's brightness is measured in

export class Viewer {
  /** @param {Reader} reader */
  constructor(reader) {
    this.reader = reader;
    /** What was clicked last, the innermost first. @type {Subject[]} */ this.clicked = [];
    /** @type {Subject | null} */ this.subject = null;
    /** @type {HTMLElement | null} */ this.layer = null;
    /** @type {HTMLIFrameElement | null} */ this.frame = null;
  }

  /** @param {Chapter} chapter @param {Element | null} target @returns {Subject[]} what is there */
  click(chapter, target) {
    this.clicked = subjectsAt(chapter, target);
    return this.clicked;
  }

  /** Open what was clicked last, or the first of the shown page.
   * @param {{kind: string, look: Look}} what the kind, "" for any that was clicked, or "page" */
  open({ kind, look }) {
    const chapter = this.reader.current;
    const subject = kind === "page"
      ? chapter && subjectsOf(chapter).find(isOnScreen)
      : this.clicked.find((one) => !kind || one.kind === kind);
    if (!subject || subject.chapter !== chapter) {
      this.reader.emit({ type: "view_failed", reason: "nothing" });
      return;
    }
    this.look = look;
    this._show(subject);
  }

  /** Show the next thing of the same sort in the chapter. @param {number} step 1 or -1 */
  step(step) {
    const subject = this.subject;
    if (!subject) return;
    const all = this._alike(subject);
    const next = all[all.findIndex((one) => one.element === subject.element) + step];
    if (next) this._show(next);
  }

  /** Show the same again, in the colours that are in force now. @param {Look} look */
  restyle(look) {
    if (!this.subject) return;
    this.look = look;
    this._show(this.subject);
  }

  /** @param {Subject} subject @returns {Subject[]} pictures and drawings; or tables; or formulas */
  _alike({ chapter, kind }) {
    const sort = (/** @type {string} */ one) => one === "drawing" ? "picture" : one;
    return subjectsOf(chapter).filter((one) => sort(one.kind) === sort(kind));
  }

  /** Show it, or say that it can't be: whatever the book has there, the page is not left covered.
   * @param {Subject} subject */
  async _show(subject) {
    this._clear();
    this.subject = subject;
    const frame = this._cover(subject);
    const isLarge = isTooLarge(subject.element);
    try {
      const size = isLarge ? null : await this._drawn(frame, subject);
      if (this.frame !== frame) return;
      if (size) this.reader.emit({ type: "viewed", ...size, ...this._described(subject) });
      else this._refuse(isLarge ? "large" : "damaged", this._described(subject));
    } catch (error) {
      console.error(`viewer: ${error}`);
      if (this.frame === frame) this._refuse("damaged", { kind: subject.kind });
    }
  }

  /** Put an empty frame over the page. @param {Subject} subject @returns {HTMLIFrameElement} */
  _cover({ kind }) {
    const look = /** @type {Look} */ (this.look);
    const layer = this.layer = document.createElement("div");
    layer.id = "viewer";
    layer.style.background = look.scrim;
    const frame = this.frame = document.createElement("iframe");
    frame.setAttribute("sandbox", "allow-same-origin");
    const { colors } = /** @type {Settings} */ (this.reader.settings);
    frame.style.background = isText(kind) ? colors.bg : look.paper;
    layer.appendChild(frame);
    document.body.appendChild(layer);
    return frame;
  }

  /** @param {HTMLIFrameElement} frame @param {Subject} subject
   * @returns {Promise<import("./exhibit.js").Size | null>} px; null for what can't be drawn */
  async _drawn(frame, subject) {
    if (subject.kind === "picture" && !fileOf(subject)) return null;
    const look = /** @type {Look} */ (this.look);
    const { settings } = this.reader;
    const { label, caption } = wordsOf(subject);
    frame.setAttribute("aria-label", label || caption || subject.kind);
    const room = { width: Math.max(720, window.innerWidth - 96), height: window.innerHeight };
    set(frame, room);
    const dress = /** @type {Settings} */ (isText(subject.kind) ? settings : onPaper(settings, look));
    const size = await exhibit(frame, subject, dress, room);
    if (!size || this.frame !== frame) return null;
    if (!isText(subject.kind)) frame.style.background = groundOf(frame, look);
    set(frame, size);
    return size;
  }

  /** @param {Subject} subject what is said about it, beside its size */
  _described(subject) {
    const all = this._alike(subject);
    const number = all.findIndex((one) => one.element === subject.element) + 1;
    return { kind: subject.kind, href: fileOf(subject), ...wordsOf(subject), number, count: all.length };
  }

  /** @param {"damaged" | "large"} reason @param {{kind: string}} described */
  _refuse(reason, described) {
    this.frame?.remove();
    this.reader.emit({ type: "view_failed", reason, ...described });
  }

  /** @param {{x: number, y: number, scale: number}} to px of the window */
  place({ x, y, scale }) {
    if (!this.frame) return;
    this.frame.style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
    this.frame.style.visibility = "visible";
  }

  /** Report what is shown as text that other programs understand. */
  copy() {
    const subject = this.subject;
    if (!subject) return;
    const { element, kind, chapter } = subject;
    const copy = chapter.mends.original(element, element.ownerDocument);
    const markup = new XMLSerializer().serializeToString(copy);
    this.reader.emit({ type: "view_copied", kind, markup, text: textOf(kind, copy) });
  }

  close() {
    this._clear();
    this.subject = null;
    this.clicked = [];
  }

  _clear() {
    this.layer?.remove();
    this.layer = this.frame = null;
  }
}

/** @param {string} kind */
const isText = (kind) => kind === "table" || kind === "formula";

/** @param {HTMLElement} frame @param {{width: number, height: number}} size px */
function set(frame, { width, height }) {
  frame.style.width = `${width}px`;
  frame.style.height = `${height}px`;
}

/** @param {Element} element */
function isTooLarge(element) {
  const { naturalWidth = 0, naturalHeight = 0 } = /** @type {HTMLImageElement} */ (element);
  return naturalWidth * naturalHeight > MOST_PIXELS;
}

/** @param {Settings | null} settings @param {Look} look @returns {any} */
function onPaper(settings, look) {
  const colors = { ...settings?.colors, bg: look.paper, text: look.ink };
  return { ...settings, colors };
}

/** What a picture is seen on: paper, or night if it is bright wherever it is not transparent. Behind
 * one without holes there is nothing, for it would show as a line at its edges. A drawing with HTML
 * in it keeps its pixels from us, and gets paper.
 * @param {HTMLIFrameElement} frame @param {Look} look @returns {string} CSS colour */
function groundOf(frame, look) {
  const image = frame.contentDocument?.querySelector("img[data-kios-shown]");
  if (!image) return look.paper;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SAMPLE;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.drawImage(/** @type {HTMLImageElement} */ (image), 0, 0, SAMPLE, SAMPLE);
  const data = pixelsOf(context);
  if (!data) return look.paper;
  let ink = 0, light = 0, clear = 0;
  for (let i = 0; i < data.length; i += 4) {
    const [red, green, blue, alpha] = data.subarray(i, i + 4);
    clear += alpha < 128 ? 1 : 0;
    ink += alpha;
    light += alpha * (0.2126 * red + 0.7152 * green + 0.0722 * blue);
  }
  if (!clear) return "transparent";
  return ink > 0 && light / ink > BRIGHT ? look.night : look.paper;
}

/** @param {CanvasRenderingContext2D} context
 * @returns {Uint8ClampedArray | null} null when they may not be read */
function pixelsOf(context) {
  try {
    return context.getImageData(0, 0, SAMPLE, SAMPLE).data;
  } catch {
    return null;
  }
}

/** @param {string} kind @param {Element} element @returns {string} */
function textOf(kind, element) {
  if (kind === "formula") {
    const tex = Array.from(element.querySelectorAll("annotation"))
      .find((one) => /tex/i.test(one.getAttribute("encoding") ?? ""));
    return tex?.textContent?.trim() || element.getAttribute("alttext") || "";
  }
  if (kind !== "table") return "";
  return Array.from(element.querySelectorAll("tr"))
    .map((row) => Array.from(row.children)
      .map((cell) => cell.textContent?.replace(/\u00ad/g, "").replace(/\s+/g, " ").trim() ?? "").join("\t"))
    .join("\n");
}
