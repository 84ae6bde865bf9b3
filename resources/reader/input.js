// @ts-check
// Mouse input inside a chapter: clicks, links, the wheel. Keys are handled by the window.

import { later } from "./later.js";
import { characterAt } from "./selection.js";
import { fileOf, isAlone, opensByClick } from "./subjects.js";

/** @typedef {import("./chapter.js").Chapter} Chapter */
/** @typedef {import("./reader.js").Reader} Reader */

const CLICK_SLOP = 5; // px that the pointer may move during a click
const WHEEL_STEP = 60; // px of wheel movement for one page
const SCROLL_REST_MS = 120;
const DOUBLE_MS = 250; // in which a second click on text may follow, which selects a word
const OPS = "http://www.idpf.org/2007/ops"; // of epub:type
const MOST_IDS = 8; // of and in a link
const LINK_TEXT = 80; // characters that are told
const HOVER_MS = 150; // that the pointer rests on marked text before its note is shown

/** @param {Chapter} chapter @param {Reader} reader */
export function watchInput(chapter, reader) {
  const doc = chapter.doc;
  watchClicks(doc, reader, (event) => event.clientX + chapter.frame.offsetLeft, chapter);
  watchMenu(chapter, reader);
  watchHover(chapter, reader);
  watchWheel(doc, reader);
  let stop = () => {};
  let isPressed = false; // while text is selected, Chromium scrolls to what is selected
  doc.addEventListener("mousedown", () => { isPressed = true; }, true);
  doc.addEventListener("mouseup", () => { isPressed = false; reader.snap(chapter); }, true);
  chapter.window.addEventListener("scroll", () => {
    if (chapter !== reader.current) return;
    if (!chapter.scrolled) {
      if (!isPressed) reader.snap(chapter);
      return;
    }
    stop();
    reader.selecting.scrolling();
    stop = later(SCROLL_REST_MS, () => {
      reader.scrolledByHand();
      reader.selecting.shown();
    });
  });
  doc.addEventListener("focusin", () => reader.snap(chapter, true));
  doc.addEventListener("toggle", () => reader.layAgain(chapter), true);
}

/** @param {Document} doc @param {Reader} reader @param {(event: MouseEvent) => number} x
 * @param {Chapter} [chapter] that the document is of */
export function watchClicks(doc, reader, x, chapter) {
  let downX = 0, downY = 0;
  let wasSelected = false; // a click that ends a selection has no other effect
  let stop = () => {};
  doc.addEventListener("mousedown", (event) => {
    [downX, downY] = [event.clientX, event.clientY];
    wasSelected = reader.selecting.isThere;
    if (wasSelected && !chapter) reader.selecting.clear(); // beside the chapter's frame
    stop();
  }, true);
  const follow = (/** @type {MouseEvent} */ event) => {
    const target = /** @type {Element} */ (event.target);
    const link = target.closest && target.closest("a[*|href], area[href]"); // also xlink:href
    if (!link) return false;
    event.preventDefault();
    event.stopPropagation();
    const href = link.getAttribute("href") || link.getAttributeNS("http://www.w3.org/1999/xlink", "href");
    const spine = reader.current ? reader.current.spine : 0;
    if (href) reader.emit({ type: "link", href, spine, ...reference(link, chapter) });
    return true;
  };
  doc.addEventListener("click", (event) => {
    if (follow(event)) return;
    if (event.button !== 0) return;
    const moved = Math.hypot(event.clientX - downX, event.clientY - downY) > CLICK_SLOP;
    const selection = doc.getSelection && doc.getSelection();
    if (moved || wasSelected || event.detail > 1 || (selection && !selection.isCollapsed)) return;
    const target = /** @type {Element} */ (event.target);
    if (target.closest && target.closest("video, audio, summary, input, button, select, textarea")) return;
    const subject = chapter && reader.viewer.click(chapter, target).find(opensByClick);
    const text = chapter && !subject ? textAt(chapter, event) : null;
    const emit = () => reader.emit({
      type: "clicked", at: Math.max(0, Math.min(1, x(event) / window.innerWidth)),
      subject: subject?.kind ?? "", alone: Boolean(subject && isAlone(subject)), ...text,
    });
    if (text) stop = later(DOUBLE_MS, emit);
    else emit();
  }, true);
  doc.addEventListener("auxclick", (event) => {
    if (event.button === 1) follow(event); // the right button asks for the menu
  }, true);
  doc.addEventListener("dragstart", (event) => event.preventDefault());
}

/** What tells a reference to a note from other links, and where it is on the page.
 * @param {Element} link @param {Chapter} [chapter] */
function reference(link, chapter) {
  const view = /** @type {Window} */ (link.ownerDocument.defaultView);
  const type = link.getAttributeNS(OPS, "type") ?? link.getAttribute("epub:type") ?? "";
  const around = [link, ...link.querySelectorAll("[id]")].slice(0, MOST_IDS);
  for (let at = link.parentElement; at && around.length < MOST_IDS + 3; at = at.parentElement) around.push(at);
  const raised = link.closest("sup") ?? link.querySelector("sup") ??
    (/^(super|\d)/.test(view.getComputedStyle(link).verticalAlign) ? link : null);
  const rect = link.getClientRects()[0] ?? link.getBoundingClientRect();
  return {
    text: (link.textContent ?? "").trim().slice(0, LINK_TEXT),
    kinds: `${type} ${link.getAttribute("role") ?? ""}`.toLowerCase().split(/\s+/).filter(Boolean),
    ids: around.map(({ id }) => id).filter(Boolean),
    raised: Boolean(raised),
    box: chapter ? chapter.onPage(rect) : [rect.left, rect.top, rect.width, rect.height],
  };
}

/** The character under the pointer, as it is told: its place, and its box in the page.
 * @param {Chapter} chapter @param {MouseEvent} event
 * @returns {{spine: number, ordinal: number, box: number[]} | null} */
function textAt(chapter, event) {
  const found = characterAt(chapter, event.clientX, event.clientY);
  if (!found) return null;
  return { spine: chapter.spine, ordinal: found.ordinal, box: chapter.onPage(found.rect) };
}

/** Tell when the pointer rests on marked text, and when it leaves it. @param {Chapter} chapter
 * @param {Reader} reader */
function watchHover(chapter, reader) {
  let isOver = false;
  let stop = () => {};
  const look = (/** @type {MouseEvent} */ event) => {
    const text = chapter.paints.hasMarks && !reader.selecting.isThere ? textAt(chapter, event) : null;
    const marked = text && chapter.paints.marks(text.ordinal) ? text : null;
    if (marked || isOver) reader.emit({ type: "hovered", ...marked });
    isOver = Boolean(marked);
  };
  chapter.doc.addEventListener("mousemove", (event) => {
    stop();
    if (!event.buttons) stop = later(HOVER_MS, () => look(event));
  });
  chapter.doc.addEventListener("mouseleave", () => {
    stop();
    if (isOver) reader.emit({ type: "hovered" });
    isOver = false;
  });
}

/** The menu about what was clicked. @param {Chapter} chapter @param {Reader} reader */
function watchMenu(chapter, reader) {
  chapter.doc.addEventListener("contextmenu", (event) => {
    event.preventDefault();
    const { offsetLeft, offsetTop } = chapter.frame;
    const subjects = reader.viewer.click(chapter, /** @type {Element} */ (event.target));
    const picture = subjects.find(({ kind }) => kind === "picture");
    reader.emit({
      type: "menu", x: event.clientX + offsetLeft, y: event.clientY + offsetTop,
      kinds: subjects.map(({ kind }) => kind), href: picture ? fileOf(picture) : "",
      ...textAt(chapter, event),
    });
  });
}

/** @param {Document} doc @param {Reader} reader */
export function watchWheel(doc, reader) {
  let travel = 0;
  let last = 0;
  doc.addEventListener("wheel", (event) => {
    const chapter = reader.current;
    if (!chapter) return;
    if (event.ctrlKey) {
      event.preventDefault();
      reader.emit({ type: "zoomed", larger: event.deltaY < 0 });
      return;
    }
    if (chapter.scrolled) {
      crossByWheel(chapter, reader, event.deltaY);
      return;
    }
    if (scrollsSideways(chapter, event)) return;
    event.preventDefault();
    if (event.timeStamp - last > 250) travel = 0;
    last = event.timeStamp;
    travel += Math.abs(event.deltaY) > Math.abs(event.deltaX) ? event.deltaY : event.deltaX;
    const turns = Math.trunc(travel / WHEEL_STEP);
    if (turns) {
      travel -= turns * WHEEL_STEP;
      reader.turn(turns > 0 ? 1 : -1); // one notch of a mouse wheel is one page
      travel = 0;
    }
  }, { passive: false });
}

/** Whether the wheel moves a wide table or formula under it sideways.
 * @param {Chapter} chapter @param {WheelEvent} event */
function scrollsSideways(chapter, event) {
  const delta = event.shiftKey ? event.deltaX || event.deltaY : event.deltaX;
  if (!delta || (!event.shiftKey && Math.abs(event.deltaY) > Math.abs(delta))) return false;
  for (let box = /** @type {Element | null} */ (event.target); box && box !== chapter.doc.body; box = box.parentElement) {
    if (box.nodeType !== 1 || box.scrollWidth <= box.clientWidth + 1) continue;
    if (!/auto|scroll/.test(chapter.window.getComputedStyle(box).overflowX)) continue;
    const at = Math.abs(box.scrollLeft), end = box.scrollWidth - box.clientWidth;
    if (delta * (chapter.rtl ? -1 : 1) > 0 ? at < end - 1 : at > 1) return true;
  }
  return false;
}

/** @param {Chapter} chapter @param {Reader} reader @param {number} delta */
function crossByWheel(chapter, reader, delta) {
  const view = chapter.window;
  const bottom = view.scrollY + view.innerHeight >= chapter.root.scrollHeight - 1;
  if ((delta > 0 && bottom) || (delta < 0 && view.scrollY <= 0)) reader.turn(Math.sign(delta));
}
