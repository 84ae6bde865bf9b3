// @ts-check
// Boxes on a page: what of a box is inside others, and which ancestors cut an element off.

/** @typedef {{left: number, top: number, right: number, bottom: number}} Box client px */
/** @typedef {{element: Element, x: boolean, y: boolean, scrolls: boolean}} Clip */

/** @param {DOMRect | Box} r @returns {Box} */
export const boxOf = (r) => ({ left: r.left, top: r.top, right: r.right, bottom: r.bottom });

/** @param {Box} a @param {Box} b @returns {Box} empty, with negative sides, where they are apart */
export const common = (a, b) => ({
  left: Math.max(a.left, b.left), top: Math.max(a.top, b.top),
  right: Math.min(a.right, b.right), bottom: Math.min(a.bottom, b.bottom),
});

/** @param {Box} b @returns {number} px² */
export const area = (b) => Math.max(0, b.right - b.left) * Math.max(0, b.bottom - b.top);

/** @param {Box} a @param {Box} b @returns {boolean} */
export const meet = (a, b) => area(common(a, b)) > 0;

/** How far apart two boxes are, 0 where they meet. @param {Box} a @param {Box} b */
function distance(a, b) {
  const x = Math.max(0, a.left - b.right, b.left - a.right);
  const y = Math.max(0, a.top - b.bottom, b.top - a.bottom);
  return Math.hypot(x, y);
}

/** An element as `body > div.note > p#p3`, at most four deep. @param {Element} element */
export function pathOf(element) {
  const parts = [];
  for (let at = /** @type {Element | null} */ (element); at && parts.length < 4; at = at.parentElement) {
    const id = at.id ? `#${at.id}` : "";
    const classes = Array.from(at.classList).filter((name) => !name.startsWith("kios-"));
    parts.unshift(at.localName + id + classes.slice(0, 2).map((name) => `.${name}`).join(""));
    if (at.localName === "body") break;
  }
  return parts.join(" > ");
}

const INLINE = /^(inline|contents|none|ruby|ruby-text|table-row|table-row-group|table-header-group|table-footer-group|table-column|table-column-group)$/;

/** The clips of one document. Styles are read once, boxes again after `forget`. */
export class Clips {
  /** @param {Window & typeof globalThis} view */
  constructor(view) {
    this.view = view;
    /** @type {Map<Element, Clip[]>} */ this._chains = new Map();
    /** @type {Map<Element, Box[]>} */ this._boxes = new Map();
    /** @type {Map<Element, CSSStyleDeclaration>} */ this._styles = new Map();
  }

  /** The page was turned or something scrolled. */
  forget() { this._boxes.clear(); }

  /** @param {Element} element */
  style(element) {
    let style = this._styles.get(element);
    if (!style) this._styles.set(element, (style = this.view.getComputedStyle(element)));
    return style;
  }

  /** The ancestors, and the element itself, that cut off what is directly in the element.
   * @param {Element} element @returns {Clip[]} innermost first */
  chain(element) {
    const known = this._chains.get(element);
    if (known) return known;
    const own = this._clip(element);
    const parent = this._container(element);
    const rest = parent ? this.chain(parent) : [];
    const chain = own ? [own, ...rest] : rest;
    this._chains.set(element, chain);
    return chain;
  }

  /** The ancestors that cut the element itself off. @param {Element} element @returns {Clip[]} */
  around(element) {
    const container = this._container(element);
    return container ? this.chain(container) : [];
  }

  /** @param {Element} element @returns {Clip | null} */
  _clip(element) {
    const doc = element.ownerDocument;
    if (element === doc.documentElement) return null; // its viewport is the page itself
    const style = this.style(element);
    if (INLINE.test(style.display)) return null;
    if (isInnerSvg(element)) return null; // its boxes are those of its contents; the hit test knows
    const paint = /paint|strict|content/.test(style.contain);
    const x = paint || style.overflowX !== "visible";
    const y = paint || style.overflowY !== "visible";
    if (!x && !y) return null;
    const scrolls = /auto|scroll/.test(style.overflowX + style.overflowY);
    return { element, x, y, scrolls };
  }

  /** The element whose clips hold for this one too: its containing block's.
   * @param {Element} element @returns {Element | null} */
  _container(element) {
    const { position } = this.style(element);
    let at = element.parentElement;
    if (position === "absolute" || position === "fixed") {
      while (at && !this._contains(at, position)) at = at.parentElement;
    }
    return at;
  }

  /** @param {Element} element @param {string} position */
  _contains(element, position) {
    const style = this.style(element);
    if (position === "absolute" && style.position !== "static") return true;
    return style.transform !== "none" || style.perspective !== "none" || style.filter !== "none" ||
      /paint|strict|content|layout/.test(style.contain) || /transform|filter/.test(style.willChange);
  }

  /** The boxes of a clip, one for each column it crosses: inside its borders. @param {Clip} clip */
  boxes(clip) {
    let boxes = this._boxes.get(clip.element);
    if (!boxes) {
      const style = this.style(clip.element);
      const px = (/** @type {string} */ length) => parseFloat(length) || 0;
      const rects = Array.from(clip.element.getClientRects());
      boxes = rects.map((r, i) => ({
        left: r.left + px(style.borderLeftWidth), right: r.right - px(style.borderRightWidth),
        top: r.top + (i ? 0 : px(style.borderTopWidth)),
        bottom: r.bottom - (i === rects.length - 1 ? px(style.borderBottomWidth) : 0),
      }));
      this._boxes.set(clip.element, boxes);
    }
    return boxes;
  }

  /** What a chain of clips leaves of `page` for a box.
   * @param {Clip[]} chain @param {Box} box @param {Box} page @returns {Box} */
  visible(chain, box, page) {
    let left = page;
    for (const clip of chain) left = common(left, this._limits(clip, box));
    return left;
  }

  /** The clip that cuts most of a box off, if any. @param {Element} element @param {Box} box */
  culprit(element, box) {
    const whole = area(box) || 1;
    for (const clip of this.chain(element)) {
      if (area(common(box, this._limits(clip, box))) < 0.75 * whole) return clip;
    }
    return null;
  }

  /** @param {Clip} clip @param {Box} box @returns {Box} */
  _limits(clip, box) {
    const boxes = this.boxes(clip);
    if (!boxes.length) return { left: 0, top: 0, right: 0, bottom: 0 };
    let best = boxes[0];
    for (const one of boxes) {
      const more = area(common(one, box)) - area(common(best, box));
      if (more > 0 || (more === 0 && distance(one, box) < distance(best, box))) best = one;
    }
    return {
      left: clip.x ? best.left : -Infinity, right: clip.x ? best.right : Infinity,
      top: clip.y ? best.top : -Infinity, bottom: clip.y ? best.bottom : Infinity,
    };
  }
}

/** @param {Element} element whether it is in an SVG, and neither its root nor HTML in it */
function isInnerSvg(element) {
  return element.namespaceURI === "http://www.w3.org/2000/svg" &&
    /** @type {SVGElement} */ (element).ownerSVGElement !== null &&
    element.localName !== "foreignObject";
}
