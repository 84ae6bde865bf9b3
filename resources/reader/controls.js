// @ts-check
// Elements whose text Chromium draws where no page can show it: form controls, which do nothing in a
// book without scripts, and pages inside drawings. Text nodes stay themselves, in their order.

const FRAMED = "border: 1px solid; padding: 0.2em 0.4em;";
const STYLES = /** @type {Record<string, string>} */ ({
  textarea: `display: block; white-space: pre-wrap; ${FRAMED}`,
  select: `display: block; ${FRAMED}`,
  optgroup: "display: block;", option: "display: block;",
  marquee: "display: block;", button: `display: block; ${FRAMED}`,
});
const KEPT = new Set(["id", "name", "class", "lang", "xml:lang", "dir", "title"]);

/** Replace controls that show only a part of their text. @param {Document} doc */
export function showControls(doc) {
  const controls = doc.body ? doc.body.querySelectorAll("textarea, select, optgroup, option, marquee") : [];
  for (const control of Array.from(controls)) asBox(control);
}

/** Take a box that can't be broken out of the way of its text.
 * @param {Element} box @returns {boolean} whether it was one that only so can be broken */
export function release(box) {
  if (box.localName === "button") {
    asBox(box);
    return true;
  }
  const drawing = box.localName === "foreignObject" ? outermost(box) : null;
  if (!drawing || textFollows(box, drawing)) return false;
  const content = box.ownerDocument.createElement("div");
  content.append(...Array.from(box.childNodes));
  box.remove();
  drawing.after(content);
  if (!drawing.querySelector("path, rect, circle, ellipse, line, polygon, polyline, image, use, text")) {
    /** @type {any} */ (drawing).style.display = "none";
  }
  return true;
}

/** @param {Element} control */
function asBox(control) {
  const box = control.ownerDocument.createElement("div");
  for (const { name, value } of Array.from(control.attributes)) {
    if (KEPT.has(name)) box.setAttribute(name, value);
  }
  box.style.cssText = STYLES[control.localName];
  box.append(...Array.from(control.childNodes));
  control.replaceWith(box);
}

/** @param {Element} inner @returns {Element | null} the drawing that is not part of another one */
function outermost(inner) {
  let drawing = inner.closest("svg");
  for (let outer = drawing; outer; outer = outer.parentElement?.closest("svg") ?? null) drawing = outer;
  return drawing;
}

/** Whether text of the drawing comes after the box: it would be read in another order.
 * @param {Element} box @param {Element} drawing */
function textFollows(box, drawing) {
  for (let node = /** @type {Element} */ (box); node !== drawing; node = /** @type {Element} */ (node.parentElement)) {
    for (let next = node.nextSibling; next; next = next.nextSibling) {
      if (next.textContent?.trim()) return true;
    }
  }
  return false;
}
