// @ts-check
// What is changed in a box whose text can't be read, the mildest change first.

/** @typedef {import("./chapter.js").Chapter} Chapter */
/** @typedef {import("./lines.js").Loss} Loss */

/** Boxes that Chromium never breaks over two columns, and the same boxes as it does break them. */
const BREAKABLE = /** @type {Record<string, string>} */ ({
  "inline-block": "block", "inline-flex": "flex", "inline-grid": "grid", "inline-table": "table",
});

const OUT_OF_FLOW = new Set(["absolute", "fixed", "sticky"]);
export const STILL = { transform: "none", translate: "none", rotate: "none", scale: "none" };
const NARROW = 6; // em; in a wider box, a word is broken because it is long
const ACROSS = ["left", "right"];
const DOWN = ["top", "bottom"];
/** Where a negative margin may be the cause. @type {Record<Loss, string[]>} */
const SIDES_OF = { side: ACROSS, below: DOWN, over: [...DOWN, ...ACROSS], narrow: [], broken: [] };

/** @typedef {"mild" | "firm" | "plain"} Firmness what may be changed: what hides text by itself; what
 * takes room from it; anything */

/** @param {Chapter} chapter @param {Element} box @param {Loss} loss @param {Firmness} firmness
 * @returns {Record<string, string>} the properties to set */
export function remedy(chapter, box, loss, firmness) {
  const style = chapter.window.getComputedStyle(box);
  if (loss === "broken") return whole(box, style);
  if (firmness === "plain") return plain(box, style);
  /** @type {Record<string, string>} */ const set = {};
  if (OUT_OF_FLOW.has(style.position)) Object.assign(set, still(box, style));
  else if (style.position === "relative" && [...ACROSS, ...DOWN].some((side) => pxOf(style, side))) set.inset = "auto";
  if (style.transform !== "none" || style.translate !== "none" || style.rotate !== "none" ||
    style.scale !== "none") Object.assign(set, STILL);
  if (loss === "below") Object.assign(set, broken(box, style));
  if (loss === "side") Object.assign(set, narrowed(chapter, box, style, firmness));
  if (loss === "narrow") Object.assign(set, widened(style));
  if (loss === "over") Object.assign(set, apart(box, style));
  if (/over|below/.test(loss) && isTight(style)) set["line-height"] = "normal";
  if (loss !== "over" && pxOf(style, "font-size") > chapter.column / 2) set["font-size"] = `${chapter.column / 4}px`;
  for (const side of SIDES_OF[loss]) {
    if (pxOf(style, `margin-${side}`) < 0) set[`margin-${side}`] = "0px";
  }
  return set;
}

/** @param {CSSStyleDeclaration} style computed @param {string} property
 * @returns {number} px, 0 for what is no length */
function pxOf(style, property) {
  return parseFloat(style.getPropertyValue(property)) || 0;
}

/** A box that was out of the text goes back into it. @param {Element} box
 * @param {CSSStyleDeclaration} style @returns {Record<string, string>} */
function still(box, style) {
  /** @type {Record<string, string>} */ const set = { position: "static", width: "auto" };
  if (style.display === "block" && isAmongText(box)) set.display = "inline";
  return set;
}

/** @param {Element} box @returns {boolean} whether it stands in a line of text, and holds no blocks */
function isAmongText(box) {
  if (box.matches(BLOCKS) || box.querySelector(BLOCKS)) return false;
  return isNearText(box, "previousSibling") || isNearText(box, "nextSibling");
}

/** @param {Element} box @param {"previousSibling" | "nextSibling"} direction */
function isNearText(box, direction) {
  let node = box[direction];
  for (let i = 0; node && i < NEAR; i++, node = node[direction]) {
    if (node.nodeType === Node.TEXT_NODE && node.nodeValue?.trim()) return true;
  }
  return false;
}

const NEAR = 4; // nodes; looking at all of a long line for each box in it would take too long
const BLOCKS = "address, article, aside, blockquote, center, dd, div, dl, dt, fieldset, figure, footer, " +
  "form, h1, h2, h3, h4, h5, h6, header, hr, li, main, nav, ol, p, pre, section, table, ul";

/** @param {Element} box @param {CSSStyleDeclaration} style
 * @returns {Record<string, string>} what lets the box break */
function broken(box, style) {
  /** @type {Record<string, string>} */ const set = {};
  if (style.overflow !== "visible") Object.assign(set, grown(box, style));
  if (BREAKABLE[style.display]) Object.assign(set, { display: breakable(box, style) }, standing(box));
  if (style.contain !== "none") set.contain = "none";
  if (style.float !== "none" && BREAKABLE[style.display]) set.float = "none";
  return set;
}

/** The place of a box that stood in a line of its own: as wide as its text, and where the line put it.
 * @param {Element} box @returns {Record<string, string>} */
function standing(box) {
  const line = /** @type {Element} */ (box.parentElement);
  const { textAlign } = /** @type {Window} */ (box.ownerDocument.defaultView).getComputedStyle(line);
  if (!/center|right/.test(textAlign)) return { width: "auto" };
  return { width: "fit-content", "max-width": "100%", "margin-left": "auto",
    ...(textAlign.includes("center") ? { "margin-right": "auto" } : {}) };
}

/** @param {Element} box @param {CSSStyleDeclaration} style @returns {string} its display, breakable */
function breakable(box, style) {
  if (style.display === "inline-block" && isAmongText(box)) return "inline";
  return BREAKABLE[style.display];
}

/** A box whose text is cut off grows around it.
 * @param {Element} box @param {CSSStyleDeclaration} style @returns {Record<string, string>} */
export function grown(box, style) {
  /** @type {Record<string, string>} */
  const set = {
    overflow: "visible", height: "auto", "max-height": "none", "clip-path": "none",
    "-webkit-line-clamp": "none", contain: "none", "content-visibility": "visible",
  };
  // Boxes with an overflow hold their floats; so does a flow-root, which can be broken.
  if (style.display === "block" || style.display === "-webkit-box") set.display = "flow-root";
  if (style.display === "inline-block") {
    Object.assign(set, { width: "auto", "max-width": "100%" });
    if (style.textWrapMode === "nowrap") set["text-wrap-mode"] = "wrap";
  }
  if (style.clip !== "auto") Object.assign(set, { clip: "auto" }, still(box, style));
  return set;
}

/** @param {Chapter} chapter @param {Element} box @param {CSSStyleDeclaration} style
 * @param {Firmness} firmness
 * @returns {Record<string, string>} what makes the box no wider than its column */
function narrowed(chapter, box, style, firmness) {
  /** @type {Record<string, string>} */ const set = {};
  const { whiteSpace, display } = style;
  if (whiteSpace === "nowrap") set["white-space"] = "normal";
  if (whiteSpace === "pre") set["white-space"] = "pre-wrap";
  if (style.wordBreak === "keep-all") set["word-break"] = "normal";
  if (style.overflowWrap === "normal") set["overflow-wrap"] = "break-word";
  if (style.textWrapMode === "nowrap") set["text-wrap-mode"] = "wrap";
  if (/flex/.test(display) && style.flexDirection.startsWith("row")) set["flex-wrap"] = "wrap";
  if (display === "inline" || display.startsWith("table")) return set;
  if (isIndentLost(chapter, box, style)) set["text-indent"] = "0px";
  if (box.getBoundingClientRect().width > chapter.column + 1 || pxOf(style, "min-width") > chapter.column) {
    Object.assign(set, { width: "auto", "min-width": "0px", "max-width": "100%" });
    if (BREAKABLE[display]) set["box-sizing"] = "border-box";
  }
  return firmness === "mild" ? set : { ...set, ...flattened(chapter, style) };
}

/** What takes room from text at its sides. @param {Chapter} chapter
 * @param {CSSStyleDeclaration} style @returns {Record<string, string>} */
function flattened(chapter, style) {
  /** @type {Record<string, string>} */ const set = {};
  if (/grid/.test(style.display)) set.display = "block";
  if (style.columnCount !== "auto" || style.columnWidth !== "auto") set.columns = "auto";
  if (insetOf(style) > chapter.column / 4) Object.assign(set, FLUSH);
  return set;
}

/** Whether a first line starts out of its column. @param {Chapter} chapter @param {Element} box
 * @param {CSSStyleDeclaration} style */
function isIndentLost(chapter, box, style) {
  const [rect] = box.getClientRects();
  const indent = parseFloat(style.textIndent) * (style.textIndent.endsWith("%") ? box.clientWidth / 100 : 1);
  if (!rect || !indent) return false;
  const { start, end } = chapter.columnOf(rect);
  const side = chapter.rtl ? "right" : "left";
  const first = chapter.across(rect) + indent + pxOf(style, `padding-${side}`) + pxOf(style, `border-${side}-width`);
  return first < start - chapter.bleed || first > (start + end) / 2;
}

const SIDES = ["margin-left", "margin-right", "padding-left", "padding-right"];
export const FLUSH = Object.fromEntries(SIDES.map((side) => [side, "0px"]));

/** @param {CSSStyleDeclaration} style @returns {number} px, of margins and paddings at both sides */
export function insetOf(style) {
  return SIDES.reduce((sum, side) => sum + (parseFloat(style.getPropertyValue(side)) || 0), 0);
}

/** @param {CSSStyleDeclaration} style @returns {Record<string, string>} what gives text more room */
function widened(style) {
  /** @type {Record<string, string>} */ const set = {};
  if (style.display === "inline") return set;
  if (insetOf(style) > 0) Object.assign(set, FLUSH);
  if (style.float !== "none") set.float = "none";
  if (/flex|grid/.test(style.display)) set.display = "block";
  if (style.columnCount !== "auto" || style.columnWidth !== "auto") set.columns = "auto";
  return { ...set, width: "auto", "max-width": "none" };
}

/** @param {Element} box @param {CSSStyleDeclaration} style
 * @returns {Record<string, string>} what keeps a word in one line, where a box is made too narrow */
function whole(box, style) {
  const isNarrow = box.clientWidth < NARROW * pxOf(style, "font-size");
  return style.display !== "inline" && isNarrow ? { "min-width": "min-content" } : {};
}

/** @param {Element} box @param {CSSStyleDeclaration} style
 * @returns {Record<string, string>} what keeps the box and its neighbours apart */
function apart(box, style) {
  /** @type {Record<string, string>} */ const set = {};
  if (style.display !== "inline" && box.scrollHeight > box.clientHeight + 2 &&
    !style.display.startsWith("table")) {
    Object.assign(set, { height: "auto", "max-height": "none" });
  }
  return set;
}

/** Whether letters reach out of their lines. @param {CSSStyleDeclaration} style */
function isTight(style) {
  return parseFloat(style.lineHeight) < parseFloat(style.fontSize);
}

/** The last remedy: a plain block, or plain text in its line. @param {Element} box
 * @param {CSSStyleDeclaration} style computed @returns {Record<string, string>} */
function plain(box, style) {
  const inline = /^(inline|contents|ruby)/.test(style.display) && !BREAKABLE[style.display];
  return {
    ...(inline ? {} : { display: isAmongText(box) ? "inline" : "block" }), ...STILL,
    position: "static", float: "none", width: "auto", "min-width": "0px", "max-width": "100%",
    height: "auto", "min-height": "0px", "max-height": "none", overflow: "visible",
    columns: "auto", contain: "none", "clip-path": "none", "writing-mode": "horizontal-tb",
    "margin-left": "0px", "margin-right": "0px", "padding-left": "0px", "padding-right": "0px",
    "text-indent": "0px", "overflow-wrap": "anywhere",
  };
}
