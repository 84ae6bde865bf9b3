// @ts-check
// The font of formulas. Without a MATH table in it, root signs and tall brackets are not drawn,
// so one comes with the program; those that systems have go before it.

import { loadFace } from "./faces.js";

/** @typedef {import("./chapter.js").Chapter} Chapter */

const MATH_FONT = "Kios Math";
const MATH_FONT_URL = "/.kios/math.woff2"; // in the book's own origin, as its policy allows no other
const MATH_NAMESPACE = "http://www.w3.org/1998/Math/MathML";

export const MATH_FACES =
  `"STIX Two Math", "Cambria Math", "Latin Modern Math", "${MATH_FONT}", math`;

/** Load the font in a chapter with formulas, before it is laid out: `fonts.ready` waits for it.
 * @param {Chapter} chapter */
export function addMathFont(chapter) {
  if (!chapter.doc.getElementsByTagNameNS(MATH_NAMESPACE, "math").length) return;
  loadFace(chapter.doc, { family: MATH_FONT, url: MATH_FONT_URL, style: "normal", weight: "normal" });
}
