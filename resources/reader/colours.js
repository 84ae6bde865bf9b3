// @ts-check
// The colours of a page theme on what the book shows.

/** @typedef {import("./styles.js").Settings} Settings */

/** @param {Settings} s @returns {string} CSS */
export function colours(s) {
  const c = s.colors;
  const common = `:root { background: transparent !important;
      scrollbar-color: ${c.muted} transparent; }
    ::selection { background: ${c.selection}; color: ${c.text}; }
    :focus-visible { outline: 2px solid ${c.link}; outline-offset: 2px; }`;
  if (s.ownColors) {
    return `${common} :root { color: ${c.text}; } body { background-color: transparent !important; }
      a:link { color: ${c.link}; }`;
  }
  return `${common} :root, body { color: ${c.text} !important; }
    body, body *:not(img, svg, svg *, video, math, math *) { color: inherit !important;
      background-color: transparent !important; border-color: currentColor !important;
      text-shadow: none !important; }
    body { background-image: none !important; }
    body a:link, body a:link * { color: ${c.link} !important; }
    svg text, svg tspan { fill: currentColor; }`;
}
