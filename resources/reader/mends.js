// @ts-check
// Changes of style that make a chapter fit its pages. They are undone before every new layout, so
// that what is mended depends on the present page alone.

import { withoutHyphens } from "./copying.js";

/** @typedef {[Element, Record<string, string>]} Change the properties to set on an element */
/** @typedef {Change[]} Changes */

export class Mends {
  constructor() {
    /** @type {{style: CSSStyleDeclaration, property: string, value: string, priority: string}[]} */
    this._done = [];
    /** The style attributes as they were: a property may be part of others, and can't be put back
     * alone. @type {Map<Element, string | null>} */
    this._before = new Map();
    /** @type {{element: Element, name: string, value: string | null}[]} */ this._attributes = [];
    /** Boxes that scroll sideways on their page. @type {Set<Element>} */
    this.scrollers = new Set();
  }

  /** Let a box scroll sideways, by keys too when it has the focus. @param {Element} element */
  scroll(element) {
    this.scrollers.add(element);
    this.attribute(element, "tabindex", "0");
    this.set(element, {
      display: "block", "max-width": "100%", zoom: "1",
      "overflow-x": "auto", "overflow-y": "hidden", "scrollbar-width": "thin",
    });
  }

  /** Set properties of an element, stronger than any style sheet of the book.
   * @param {Element} element @param {Record<string, string>} properties
   * @returns {boolean} whether that changes anything */
  set(element, properties) {
    const { style } = /** @type {HTMLElement} */ (element);
    if (!style) return false;
    let changed = false;
    for (const [property, wanted] of Object.entries(properties)) {
      const value = style.getPropertyValue(property);
      const priority = style.getPropertyPriority(property);
      if (value === wanted && priority) continue;
      if (!this._before.has(element)) this._before.set(element, element.getAttribute("style"));
      style.setProperty(property, wanted, "important");
      if (style.getPropertyValue(property) === value && priority) continue; // the same, serialized
      this._done.push({ style, property, value, priority });
      changed = true;
    }
    return changed;
  }

  /** Apply what was measured before: measuring after each change would lay the chapter out each time.
   * @param {Changes} changes @returns {boolean} whether anything changes */
  apply(changes) {
    let changed = false;
    for (const [element, properties] of changes) changed = this.set(element, properties) || changed;
    return changed;
  }

  /** @param {Element} element @param {string} name of an attribute @param {string} value
   * @returns {boolean} whether that changes anything */
  attribute(element, name, value) {
    const before = element.getAttribute(name);
    if (before === value) return false;
    element.setAttribute(name, value);
    this._attributes.push({ element, name, value: before });
    return true;
  }

  /** @param {Element} element @returns {boolean} whether it, or something in it, is changed */
  changes(element) {
    const changed = [...this._before.keys(), ...this._attributes.map((one) => one.element)];
    return changed.some((one) => element.contains(one));
  }

  /** A copy of an element and of what is in it, as the book has them.
   * @param {Element} element @param {Document} doc that it is for @returns {Element} */
  original(element, doc) {
    const copy = doc.importNode(element, true);
    withoutHyphens(element, copy);
    const own = [element, ...Array.from(element.querySelectorAll("*"))];
    const copies = [copy, ...Array.from(copy.querySelectorAll("*"))];
    own.forEach((one, i) => {
      if (this._before.has(one)) put(copies[i], "style", this._before.get(one) ?? null);
    });
    for (const { element: one, name, value } of [...this._attributes].reverse()) {
      const i = own.indexOf(one);
      if (i >= 0) put(copies[i], name, value);
    }
    return copy;
  }

  get count() { return this._done.length + this._attributes.length; }

  undo() {
    for (const [element, style] of this._before) put(element, "style", style);
    this._before.clear();
    for (const { element, name, value } of this._attributes.reverse()) put(element, name, value);
    this._done = [];
    this._attributes = [];
    this.scrollers.clear();
  }
}

/** @param {Element} element @param {string} name of an attribute @param {string | null} value */
function put(element, name, value) {
  if (value === null) element.removeAttribute(name);
  else element.setAttribute(name, value);
}
