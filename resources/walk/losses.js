// @ts-check
// Why characters were never legible, and which element is to blame.

import { pathOf } from "./boxes.js";
import { boxOfOne, eachCharacter } from "./text.js";
import { LOST } from "./reach.js";

/** @typedef {import("./reach.js").Reach} Reach */
/** @typedef {import("./reach.js").Run} Run */
/** @typedef {{characters: number, sample: string, reason: string}} Loss */

const SAMPLE = 60; // characters
const NEAR = 24; // px that text may be outside its column before it is said to be elsewhere

/** The characters that nobody could read, by reason.
 * @param {Reach} reach @returns {Loss[]} the largest first */
export function lossesOf(reach) {
  /** @type {Map<string, Loss>} */ const found = new Map();
  for (const run of reach.runs) {
    if (!run.left) continue;
    /** @type {Map<string, string>} */ const culprits = new Map();
    eachCharacter(run.node, run.first, 0, run.node.data.length, (ordinal, start, end) => {
      if (reach.state[ordinal] !== LOST) return;
      const reason = reach.reasons[reach.why[ordinal]] || whereIs(reach, run, start, end, culprits);
      const loss = found.get(reason);
      if (!loss) {
        const sample = run.node.data.slice(start, start + SAMPLE).replace(/\s+/g, " ").trim();
        found.set(reason, { characters: 1, sample, reason });
      } else loss.characters++;
    });
  }
  return Array.from(found.values()).sort((a, b) => b.characters - a.characters);
}

/** Where a character is that was on no page.
 * @param {Reach} reach @param {Run} run @param {number} start @param {number} end
 * @param {Map<string, string>} culprits of this text, by position */
function whereIs(reach, run, start, end, culprits) {
  const { chapter, range } = reach;
  range.setStart(run.node, start);
  range.setEnd(run.node, end);
  const rect = boxOfOne(range);
  if (!rect) return `not drawn: ${pathOf(run.owner)}`;
  const clip = reach.clips.culprit(run.owner, rect);
  if (clip) return reach.clipping(clip.element);
  const at = position(reach, rect);
  let blamed = culprits.get(at);
  if (blamed === undefined) culprits.set(at, (blamed = culprit(reach, run.owner, at)));
  return at + blamed;
}

/** @param {Reach} reach @param {DOMRect} rect @returns {string} */
function position(reach, rect) {
  const { chapter } = reach;
  const view = chapter.window;
  const x = rect.left + view.scrollX, y = rect.top + view.scrollY;
  if (chapter.scrolled) {
    if (x + rect.width / 2 < 0) return "left of the page";
    if (x + rect.width / 2 > view.innerWidth) return "right of the page";
    return y < 0 ? "above the chapter" : "between screens";
  }
  const along = chapter.along(rect);
  const middle = (rect.top + rect.bottom) / 2;
  if (along + rect.width < NEAR && along < 0) return "left of the page";
  if (along > chapter.pages * chapter.step - chapter.geometry.gap) return "past the last page";
  if (middle > view.innerHeight) return "below the page";
  if (middle < 0) return "above the page";
  return "at the edge between pages";
}

const UNBREAKABLE = /^(inline-block|inline-flex|inline-grid|inline-table)$/;

/** @param {Reach} reach @param {Element} owner @param {string} at */
function culprit(reach, owner, at) {
  const doc = reach.doc;
  /** @type {Element[]} */ const ancestors = [];
  for (let e = /** @type {Element | null} */ (owner); e && e !== doc.body; e = e.parentElement) ancestors.push(e);
  const vertical = /below|above/.test(at);
  for (const element of ancestors.reverse()) {
    const why = unbreakable(element, reach.style(element));
    if (vertical && why && element.getBoundingClientRect().height > reach.chapter.geometry.height) {
      return `: ${why} of ${pathOf(element)} does not break`;
    }
    const moved = displaced(element, reach.style(element));
    if (moved) return `: ${moved} of ${pathOf(element)}`;
  }
  return `: ${pathOf(owner)}`;
}

/** @param {Element} element @param {CSSStyleDeclaration} style */
function unbreakable(element, style) {
  if (/auto|scroll|hidden/.test(style.overflowX)) return `overflow ${style.overflow}`;
  if (UNBREAKABLE.test(style.display)) return `display ${style.display}`;
  if (/absolute|fixed/.test(style.position)) return `position ${style.position}`;
  if (/size|strict|paint/.test(style.contain)) return `contain ${style.contain}`;
  if (/^(button|foreignObject|svg|math|object|select|textarea)$/.test(element.localName)) return "the kind";
  return style.breakInside === "avoid" ? "break-inside" : "";
}

/** @param {Element} _element @param {CSSStyleDeclaration} style */
function displaced(_element, style) {
  if (/absolute|fixed/.test(style.position)) return `position ${style.position}`;
  if (style.transform !== "none") return "transform";
  if (style.float !== "none" && parseFloat(style.marginLeft) < 0) return "float with a negative margin";
  if (parseFloat(style.textIndent) < -1) return `text-indent ${style.textIndent}`;
  if (parseFloat(style.marginLeft) < -1) return `margin-left ${style.marginLeft}`;
  if (style.position === "relative" && style.left !== "auto" && style.left !== "0px") return `left ${style.left}`;
  if (style.whiteSpace === "nowrap" || style.whiteSpace === "pre") return `white-space ${style.whiteSpace}`;
  return "";
}
