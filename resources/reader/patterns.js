// @ts-check
// Where the words of one language may be divided: Liang's algorithm, with the patterns of a
// hyphenation dictionary of Hunspell. A digit in a pattern says how good it is to divide there; the
// largest one counts, and an odd one allows it.

const IGNORED = /^(?:[%#]|(?:COMPOUND)?(?:LEFT|RIGHT)HYPHENMIN)/;
const ZERO = 48, NINE = 57;

/** @typedef {object} Levels what a pattern says of the places in its letters
 * @property {number[]} values from before its first letter on
 * @property {number} respelt 1 if a word is spelt otherwise when it is divided there, which no soft
 * hyphen can show */

// What is known of the places in a word while it is looked up; longer ones are no words.
const values = new Uint8Array(256), respelt = new Uint8Array(256);

export class Patterns {
  /** @param {string} lines of the dictionary, after the one with its encoding */
  constructor(lines) {
    // A tree by letters. Of node n: its letter, its first child and its next sibling; 0 is none.
    /** @type {number[]} */ this._letters = [0];
    /** @type {number[]} */ this._children = [0];
    /** @type {number[]} */ this._siblings = [0];
    /** Where a pattern ends. Parsed when it is first needed, as German has 66,000.
     * @type {(string | Levels | undefined)[]} */
    this._patterns = [undefined];
    for (const line of lines.split("\n")) {
      const pattern = line.trim();
      if (!IGNORED.test(pattern)) this._add(pattern.includes("^^") ? unescaped(pattern) : pattern);
    }
  }

  /** @param {string} pattern */
  _add(pattern) {
    const end = endOf(pattern);
    let node = 0, says = false;
    for (let at = 0; at < end; at++) {
      const c = pattern.charCodeAt(at);
      if (isDigit(c)) says ||= c !== ZERO;
      else node = this._child(node, c) || this._newChild(node, c);
    }
    if (says) this._patterns[node] = pattern;
  }

  /** @param {number} node @param {number} letter @returns {number} 0 if there is none */
  _child(node, letter) {
    let child = this._children[node];
    while (child && this._letters[child] !== letter) child = this._siblings[child];
    return child;
  }

  /** @param {number} node @param {number} letter */
  _newChild(node, letter) {
    const child = this._letters.push(letter) - 1;
    this._siblings.push(this._children[node]);
    this._children[node] = child;
    this._children.push(0);
    this._patterns.push(undefined);
    return child;
  }

  /** Where a word may be divided: offsets into it, ascending.
   * @param {string} word @returns {number[]} */
  points(word) {
    const lower = word.toLowerCase();
    if (lower.length !== word.length) return [];
    const dotted = `.${lower}.`;
    if (dotted.length >= values.length) return [];
    values.fill(0, 0, dotted.length + 1);
    respelt.fill(0, 0, dotted.length + 1);
    for (let from = 0; from < dotted.length; from++) {
      let node = 0;
      for (let at = from; at < dotted.length; at++) {
        node = this._child(node, dotted.charCodeAt(at));
        if (!node) break;
        const levels = this._levels(node);
        if (levels) raise(from, levels);
      }
    }
    const points = [];
    for (let at = 1; at < word.length; at++) {
      if (values[at + 1] % 2 && !respelt[at + 1]) points.push(at);
    }
    return points;
  }

  /** @param {number} node @returns {Levels | undefined} */
  _levels(node) {
    const known = this._patterns[node];
    if (typeof known !== "string") return known;
    return this._patterns[node] = parsed(known);
  }
}

/** @param {string} pattern with characters written as ^^ and two hexadecimal digits */
function unescaped(pattern) {
  return pattern.replace(/\^\^([0-9a-f]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
}

/** Where a pattern such as “s1sz/sz=sz,1,3” ends, and its other spelling begins.
 * @param {string} pattern */
function endOf(pattern) {
  const change = pattern.indexOf("/");
  return change > 0 && pattern.includes("=", change) ? change : pattern.length;
}

/** @param {number} c UTF-16 code unit */
const isDigit = (c) => c >= ZERO && c <= NINE;

/** @param {string} pattern @returns {Levels} */
function parsed(pattern) {
  const end = endOf(pattern);
  const levels = [0];
  for (let at = 0; at < end; at++) {
    const c = pattern.charCodeAt(at);
    if (isDigit(c)) levels[levels.length - 1] = c - ZERO;
    else levels.push(0);
  }
  return { values: levels, respelt: end < pattern.length ? 1 : 0 };
}

/** @param {number} from @param {Levels} levels */
function raise(from, levels) {
  for (let i = 0; i < levels.values.length; i++) {
    const value = levels.values[i];
    if (!value || value < values[from + i]) continue;
    values[from + i] = value;
    respelt[from + i] = levels.respelt;
  }
}
