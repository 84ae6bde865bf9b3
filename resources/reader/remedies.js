// @ts-check
// What is changed in a box whose text can't be read, the mildest change first.

/** @typedef {import("./lines.js").Loss} Loss */

/** Boxes that Chromium never breaks over two columns, and the same boxes as it does break them. */
const BREAKABLE = /** @type {Record<string, string>} */ ({
  "inline-block": "block", "inline-flex": "flex", "inline-grid": "grid", "inline-table": "table",
});

const OUT_OF_FLOW = new Set(["absolute", "fixed", "sticky"]);
const STILL = { transform: "none", translate: "none", rotate: "none", scale: "none" };

/** @param {Element} box @param {CSSStyleDeclaration} style computed @param {Loss} loss
 * @param {number} column px @returns {Record<string, string>} the properties to set */
export function remedy(box, style, loss, column) {
  /** @type {Record<string, string>} */ const set = {};
  if (OUT_OF_FLOW.has(style.position)) Object.assign(set, { position: "static", width: "auto" });
  else if (style.position === "relative") set.inset = "auto";
  if (style.transform !== "none" || style.translate !== "none" || style.rotate !== "none" ||
    style.scale !== "none") Object.assign(set, STILL);
  if (loss === "below") Object.assign(set, broken(style));
  if (loss === "side") Object.assign(set, narrowed(box, style, column));
  if (loss === "narrow") Object.assign(set, widened(style));
  if (loss !== "over" && parseFloat(style.fontSize) > column / 2) set["font-size"] = `${column / 4}px`;
  if (loss === "over") Object.assign(set, apart(box, style));
  for (const side of ["left", "right", "top", "bottom"]) {
    const margin = `margin-${side}`;
    if (parseFloat(style.getPropertyValue(margin)) < 0) set[margin] = "0px";
  }
  return set;
}

/** @param {CSSStyleDeclaration} style @returns {Record<string, string>} what lets the box break */
function broken(style) {
  /** @type {Record<string, string>} */ const set = {};
  const display = BREAKABLE[style.display];
  if (display) Object.assign(set, { display, width: "auto" });
  if (style.overflow !== "visible") Object.assign(set, grown(style));
  if (style.contain !== "none") set.contain = "none";
  if (style.float !== "none" && display) set.float = "none";
  return set;
}

/** A box whose text is cut off grows around it. @param {CSSStyleDeclaration} style
 * @returns {Record<string, string>} */
export function grown(style) {
  /** @type {Record<string, string>} */
  const set = {
    overflow: "visible", height: "auto", "max-height": "none", "clip-path": "none",
    "-webkit-line-clamp": "none", contain: "none", "content-visibility": "visible",
  };
  // Boxes with an overflow hold their floats; so does a flow-root, which can be broken.
  if (style.display === "block" || style.display === "-webkit-box") set.display = "flow-root";
  if (style.clip !== "auto") Object.assign(set, { clip: "auto", position: "static", width: "auto" });
  return set;
}

/** @param {Element} box @param {CSSStyleDeclaration} style @param {number} column
 * @returns {Record<string, string>} what makes the box no wider than its column */
function narrowed(box, style, column) {
  /** @type {Record<string, string>} */ const set = {};
  const { whiteSpace, display } = style;
  if (whiteSpace === "nowrap") set["white-space"] = "normal";
  if (whiteSpace === "pre") set["white-space"] = "pre-wrap";
  if (style.wordBreak === "keep-all") set["word-break"] = "normal";
  if (style.overflowWrap === "normal") set["overflow-wrap"] = "break-word";
  if (style.textWrapMode === "nowrap") set["text-wrap-mode"] = "wrap";
  if (parseFloat(style.textIndent) < 0) set["text-indent"] = "0px";
  if (/flex/.test(display) && style.flexDirection.startsWith("row")) set["flex-wrap"] = "wrap";
  if (/grid/.test(display)) set.display = "block";
  if (style.columnCount !== "auto" || style.columnWidth !== "auto") set.columns = "auto";
  if (display !== "inline" && !display.startsWith("table")) {
    if (box.getBoundingClientRect().width > column + 1 || parseFloat(style.minWidth) > column) {
      Object.assign(set, { width: "auto", "min-width": "0px", "max-width": "100%" });
      if (BREAKABLE[display]) set["box-sizing"] = "border-box";
    }
    if (insetOf(style) > column / 4) Object.assign(set, FLUSH);
  }
  return set;
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
 * @returns {Record<string, string>} what keeps the box and its neighbours apart */
function apart(box, style) {
  /** @type {Record<string, string>} */ const set = {};
  if (parseFloat(style.lineHeight) < parseFloat(style.fontSize)) set["line-height"] = "normal";
  if (style.display !== "inline" && box.scrollHeight > box.clientHeight + 2 &&
    !style.display.startsWith("table")) {
    Object.assign(set, { height: "auto", "max-height": "none" });
  }
  return set;
}

/** The last remedy: a plain block, or plain text in its line.
 * @param {CSSStyleDeclaration} style computed @returns {Record<string, string>} */
export function plain(style) {
  const inline = /^(inline|contents|ruby)/.test(style.display) && !BREAKABLE[style.display];
  return {
    ...(inline ? {} : { display: "block" }), ...STILL,
    position: "static", float: "none", width: "auto", "min-width": "0px", "max-width": "100%",
    height: "auto", "min-height": "0px", "max-height": "none", overflow: "visible",
    columns: "auto", contain: "none", "clip-path": "none", "writing-mode": "horizontal-tb",
    "margin-left": "0px", "margin-right": "0px", "padding-left": "0px", "padding-right": "0px",
    "text-indent": "0px", "overflow-wrap": "anywhere",
  };
}
