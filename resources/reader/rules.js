// @ts-check
// The rules of style sheets.

/** @param {CSSStyleSheet} sheet @returns {CSSRuleList | never[]} */
export function rulesOf(sheet) {
  try {
    return sheet.cssRules;
  } catch {
    return []; // a sheet that failed to load
  }
}
