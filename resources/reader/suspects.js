// @ts-check
// Elements whose style may hide text, found through the rules that say so: asking every element for
// its computed style would cost more than the layout.

/** @param {Document} doc @param {RegExp} declared what a rule or a style attribute must declare
 * @returns {Element[]} in no particular order */
export function declaring(doc, declared) {
  /** @type {Set<Element>} */ const found = new Set();
  for (const sheet of Array.from(doc.styleSheets)) {
    if (!sheet.disabled) collect(doc, rulesOf(sheet), declared, found);
  }
  for (const element of Array.from(doc.querySelectorAll("body, body [style]"))) {
    if (declared.test(element.getAttribute("style") || "")) found.add(element);
  }
  return [...found];
}

/** @param {CSSStyleSheet} sheet @returns {CSSRuleList | never[]} */
export function rulesOf(sheet) {
  try {
    return sheet.cssRules;
  } catch {
    return []; // a sheet that failed to load
  }
}

/** @param {Document} doc @param {CSSRuleList | never[]} rules @param {RegExp} declared
 * @param {Set<Element>} found */
function collect(doc, rules, declared, found) {
  for (const rule of Array.from(rules)) {
    const { style, selectorText, cssRules, styleSheet } = /** @type {any} */ (rule);
    if (style && selectorText && declared.test(style.cssText)) {
      for (const element of matching(doc, selectorText)) found.add(element);
    }
    if (cssRules) collect(doc, cssRules, declared, found);
    if (styleSheet) collect(doc, rulesOf(styleSheet), declared, found); // @import
  }
}

/** @param {Document} doc @param {string} selector @returns {Element[]} inside the body */
function matching(doc, selector) {
  try {
    return Array.from(doc.body.querySelectorAll(selector));
  } catch {
    return []; // with a prefix or a pseudo-element that can't be searched for
  }
}
