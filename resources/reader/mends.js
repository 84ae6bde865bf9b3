// @ts-check
// Changes of style that make a chapter fit its pages. They are undone before every new layout, so
// that what is mended depends on the present page alone.

export class Mends {
  constructor() {
    /** @type {{style: CSSStyleDeclaration, property: string, value: string, priority: string}[]} */
    this._done = [];
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
      style.setProperty(property, wanted, "important");
      if (style.getPropertyValue(property) === value && priority) continue; // the same, serialized
      this._done.push({ style, property, value, priority });
      changed = true;
    }
    return changed;
  }

  get count() { return this._done.length; }

  undo() {
    for (const { style, property, value, priority } of this._done.reverse()) {
      if (value) style.setProperty(property, value, priority);
      else style.removeProperty(property);
    }
    this._done = [];
  }
}
