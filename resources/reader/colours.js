// @ts-check
// The colours of a page theme on what the book shows: the book's own, as far as they can be read there.

import { backColour, isDark, lineColour, schemeOf, textColour, variables } from "./palette.js";
import { plates } from "./inks.js";
import { matching } from "./rules.js";

/** @typedef {import("./styles.js").Settings} Settings */
/** @typedef {Settings["colors"]} Colors */

/** @param {Settings} s @returns {string} CSS */
export function colours(s) {
  const c = s.colors;
  const dark = isDark(c.bg);
  return `:root { color-scheme: ${schemeOf(c)} !important; background: transparent !important;
      color: ${c.text}; scrollbar-color: ${c.muted} transparent; ${variables(c)} }
    ::selection { background: ${c.selection}; color: ${c.text}; }
    :focus-visible { outline: 2px solid ${c.link}; outline-offset: 2px; }
    :where(body) { color: inherit; } body { background-color: transparent !important; }
    :where(a:link) { color: ${c.link}; }
    :where(mark) { color: inherit; background: color-mix(in srgb, #fd0 ${dark ? 18 : 35}%, ${c.bg}); }
    ${dark ? "img, svg, video { mix-blend-mode: normal !important; }" : ""}
    ${plates(c, dark)}`;
}

const COLOURED = ["color", "-webkit-text-fill-color", "-webkit-text-stroke-color",
  "text-decoration-color", "text-emphasis-color"];
const LINES = ["border-top-color", "border-right-color", "border-bottom-color", "border-left-color",
  "outline-color", "column-rule-color"];

/** Replace the colours that declarations give by those that follow the page theme.
 * @param {Document} doc @param {CSSStyleDeclaration} style @param {string | Element} whose */
export function recolour(doc, style, whose) {
  spellOut(style);
  for (const name of COLOURED) replace(style, name, textColour);
  for (const name of LINES) replace(style, name, lineColour);
  replace(style, "background-color", backColour);
  replace(style, "text-shadow", (shadow) => (shadow === "none" ? "" : `var(--kios-shadow, ${shadow})`));
  for (const name of ORNAMENTS) {
    replace(style, name, (image) => (image.includes("url(") ? `var(--kios-ornament, ${image})` : ""));
  }
  replace(style, "background-image", (image) => {
    const kind = behindText(doc, style, whose, image);
    return kind && `var(--kios-${kind}, ${image})`;
  });
}

const ORNAMENTS = ["list-style-image", "border-image-source"];
const VARIABLE = /var\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)/; // with parentheses in its fallback

/** A shorthand with a variable hides the colour in it from all that reads longhands.
 * @param {CSSStyleDeclaration} style */
function spellOut(style) {
  for (const [shorthand, colours] of SHORTHANDS) {
    const [variable] = VARIABLE.exec(style.getPropertyValue(shorthand)) ?? [];
    if (!variable) continue;
    const priority = style.getPropertyPriority(shorthand);
    for (const name of colours) if (!style.getPropertyValue(name)) style.setProperty(name, variable, priority);
  }
}

/** @type {[shorthand: string, colours: string[]][]} */
const SHORTHANDS = [
  ["background", ["background-color"]],
  ["border", LINES.slice(0, 4)],
  ...["top", "right", "bottom", "left"].map((side) => (
    /** @type {[string, string[]]} */ ([`border-${side}`, [`border-${side}-color`]]))),
];

/** @param {CSSStyleDeclaration} style @param {string} name
 * @param {(declared: string) => string} replacement "" to leave it */
function replace(style, name, replacement) {
  const declared = style.getPropertyValue(name);
  if (!declared || declared.includes("--kios-")) return;
  const value = replacement(declared);
  if (value) style.setProperty(name, value, style.getPropertyPriority(name));
}

/** What a picture or gradient behind text is: "no-picture" one that covers it and goes on every page,
 * "ornament" one beside the text, which goes on dark pages.
 * @param {Document} doc @param {CSSStyleDeclaration} style @param {string | Element} whose
 * @param {string} image @returns {"" | "no-picture" | "ornament"} */
function behindText(doc, style, whose, image) {
  if (/^(none|initial|inherit)$/.test(image)) return "";
  const elements = typeof whose === "string" ? matching(doc, whose) : [whose];
  if (!elements.some((element) => element.textContent?.trim())) return "";
  const isOne = style.backgroundRepeat === "no-repeat" && !/cover|contain|100%/.test(style.backgroundSize);
  return isOne && image.includes("url(") ? "ornament" : "no-picture";
}

/** Attributes that give colours, the elements that have them, and the property that they set.
 * @type {[selector: string, property: string, replacement: (declared: string) => string][]} */
const ATTRIBUTES = [
  ["font[color], basefont[color], hr[color]", "color", textColour],
  ["math[mathcolor], math [mathcolor]", "color", textColour],
  ["[bgcolor]", "background-color", backColour],
  ["math[mathbackground], math [mathbackground]", "background-color", backColour],
  ["table[bordercolor]", "border-color", lineColour],
];

/** Replace the colours that attributes give. @param {Document} doc before our style sheet is applied */
export function recolourAttributes(doc) {
  const view = /** @type {Window} */ (doc.defaultView);
  /** @type {[CSSStyleDeclaration, string, string][]} */ const found = [];
  for (const [selector, property, replacement] of ATTRIBUTES) {
    for (const element of matching(doc, selector)) {
      const { style } = /** @type {HTMLElement} */ (element);
      if (!style || style.getPropertyValue(property)) continue;
      const name = property === "border-color" ? "border-top-color" : property;
      const value = replacement(view.getComputedStyle(element).getPropertyValue(name));
      if (value) found.push([style, property, value]);
    }
  }
  for (const [style, property, value] of found) style.setProperty(property, value); // after all was read
}
