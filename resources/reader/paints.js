// @ts-check
// Painted ranges of a chapter: marks, search hits, and what is read aloud. They are CSS custom highlights, which change no
// document: places, copying and searching never see them.

/** @typedef {import("./chapter.js").Chapter} Chapter */
/** @typedef {import("./styles.js").Settings} Settings */

/** Layers above others where both paint; marks themselves never overlap. */
const ABOVE = ["aloud", "search", "found"];

/** @param {Settings} s @returns {string} CSS of all layers */
export function paintStyle(s) {
  const { bg, text, link } = s.colors;
  const marks = Object.entries(s.marks).map(([name, { fill, line }]) => (
    `::highlight(kios-${name}) { background-color: ${fill}; color: ${text}; }
    ::highlight(kios-${name}-line) { text-decoration: underline 2px ${line}; }`));
  return `${marks.join("\n")}
    ::highlight(kios-aloud) { background-color: color-mix(in srgb, ${link} 18%, ${bg}); color: ${text};
      text-decoration: underline 2px color-mix(in srgb, ${link} 60%, ${bg}); }
    ::highlight(kios-search) { background-color: color-mix(in srgb, ${link} 28%, ${bg}); color: ${text}; }
    ::highlight(kios-found) { background-color: ${link}; color: ${bg}; }`;
}

export class Paints {
  /** @param {Chapter} chapter */
  constructor(chapter) {
    this.chapter = chapter;
    /** ordinals, by layer @type {Map<string, [number, number][]>} */ this.layers = new Map();
  }

  /** Replace the ranges of a layer. @param {string} layer @param {[number, number][]} ranges ordinals, the
   * second exclusive */
  set(layer, ranges) {
    this.layers.set(layer, ranges);
    this._paint(layer);
  }

  /** Paint all again: texts were replaced, as soft hyphens came or went. */
  again() {
    for (const layer of this.layers.keys()) this._paint(layer);
  }

  get hasMarks() {
    return [...this.layers].some(([layer, ranges]) => !ABOVE.includes(layer) && ranges.length);
  }

  /** Whether a character is marked. @param {number} ordinal */
  marks(ordinal) {
    return [...this.layers].some(([layer, ranges]) => !ABOVE.includes(layer) &&
      ranges.some(([start, end]) => start <= ordinal && ordinal < end));
  }

  /** @param {string} layer */
  _paint(layer) {
    const { text, window } = this.chapter;
    const ranges = (this.layers.get(layer) ?? []).map(([start, end]) => text?.rangeOf(start, end));
    const highlight = new window.Highlight(...ranges.filter(Boolean));
    highlight.priority = ABOVE.indexOf(layer) + 1;
    window.CSS.highlights.set(`kios-${layer}`, highlight);
  }
}
