// @ts-check
// Elements whose style may hide text, found through the rules that say so: asking every element for
// its computed style would cost more than the layout.

import { matching, rulesOf } from "./rules.js";

/** The elements whose rules or style attribute declare something, for each of several patterns: the
 * style sheets are read once for all of them.
 * @param {Document} doc @param {RegExp[]} patterns
 * @returns {Element[][]} for each pattern, in no particular order */
export function declaring(doc, patterns) {
  const found = patterns.map((pattern) => (
    { pattern, elements: /** @type {Set<Element>} */ (new Set()) }));
  const note = (/** @type {string} */ text, /** @type {() => Element[]} */ whose) => {
    const declared = found.filter(({ pattern }) => pattern.test(text));
    if (!declared.length) return;
    for (const element of whose()) for (const { elements } of declared) elements.add(element);
  };
  for (const sheet of Array.from(doc.styleSheets)) {
    if (!sheet.disabled) readRules(rulesOf(sheet), (text, selector) => note(text, () => matching(doc.body, selector)));
  }
  for (const element of Array.from(doc.querySelectorAll("body, body [style]"))) {
    note(element.getAttribute("style") || "", () => [element]);
  }
  return found.map(({ elements }) => [...elements]);
}

/** @param {CSSRuleList | never[]} rules
 * @param {(text: string, selector: string) => void} note called with what each rule declares */
function readRules(rules, note) {
  for (const rule of Array.from(rules)) {
    const { style, selectorText, cssRules, styleSheet } = /** @type {any} */ (rule);
    if (style && selectorText) note(style.cssText, selectorText);
    if (cssRules) readRules(cssRules, note);
    if (styleSheet) readRules(rulesOf(styleSheet), note); // @import
  }
}
