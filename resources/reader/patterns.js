// @ts-check
// Where the words of one language may be divided: Liang's algorithm, with the patterns of a
// hyphenation dictionary of Hunspell. A digit in a pattern says how good it is to divide there; the
// largest one counts, and an odd one allows it.

const IGNORED = /^(?:[%#]|(?:COMPOUND)?(?:LEFT|RIGHT)HYPHENMIN)/;

/** @typedef {object} Levels what a pattern says of the places in its letters
 * @property {number[]} values from before its first letter on
 * @property {boolean} respelt a word that is divided there is spelt otherwise: no soft hyphen can do that */

export class Patterns {
  /** @param {string} lines of the dictionary, after the one with its encoding */
  constructor(lines) {
    /** By letters. Parsed when it is first needed, as German has 66,000.
     * @type {Map<string, string | Levels>} */
    this._patterns = new Map();
    this._longest = 0;
    for (const line of lines.split("\n")) this._add(line.trim());
  }

  /** @param {string} line */
  _add(line) {
    if (IGNORED.test(line)) return;
    const pattern = line.replace(/\^\^([0-9a-f]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
    const change = pattern.indexOf("/");
    const marked = change > 0 && pattern.includes("=") ? pattern.slice(0, change) : pattern;
    if (!/[1-9]/.test(marked)) return;
    const letters = marked.replace(/\d/g, "");
    this._patterns.set(letters, pattern);
    this._longest = Math.max(this._longest, letters.length);
  }

  /** Where a word may be divided: offsets into it, ascending.
   * @param {string} word @returns {number[]} */
  points(word) {
    const lower = word.toLowerCase();
    if (lower.length !== word.length) return [];
    const dotted = `.${lower}.`;
    const values = new Uint8Array(dotted.length + 1);
    const respelt = new Uint8Array(dotted.length + 1);
    for (let from = 0; from < dotted.length; from++) {
      const end = Math.min(dotted.length, from + this._longest);
      for (let to = from + 1; to <= end; to++) {
        const levels = this._levels(dotted.slice(from, to));
        if (levels) raise(values, respelt, from, levels);
      }
    }
    const points = [];
    for (let at = 1; at < word.length; at++) {
      if (values[at + 1] % 2 && !respelt[at + 1]) points.push(at);
    }
    return points;
  }

  /** @param {string} letters @returns {Levels | undefined} */
  _levels(letters) {
    const known = this._patterns.get(letters);
    if (typeof known !== "string") return known;
    const levels = parsed(known);
    this._patterns.set(letters, levels);
    return levels;
  }
}

/** @param {string} pattern like “.un1d” or “s1sz/sz=sz,1,3” @returns {Levels} */
function parsed(pattern) {
  const change = pattern.indexOf("=") > 0 ? pattern.indexOf("/") : -1;
  const marked = change > 0 ? pattern.slice(0, change) : pattern;
  const values = [];
  for (const [, digits] of marked.matchAll(/(\d*)(?:\D|$)/g)) values.push(Number(digits.slice(-1)));
  return { values, respelt: change > 0 };
}

/** @param {Uint8Array} values @param {Uint8Array} respelt @param {number} from @param {Levels} levels */
function raise(values, respelt, from, levels) {
  levels.values.forEach((value, i) => {
    if (!value || value < values[from + i]) return;
    values[from + i] = value;
    respelt[from + i] = Number(levels.respelt);
  });
}
