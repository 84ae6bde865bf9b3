// @ts-check
// Text printed over other text, so that neither can be read.

/** @typedef {import("./chapter.js").Chapter} Chapter */
/** @typedef {import("./lines.js").Lines} Lines */

const COVERED = 0.34; // of the narrower of two boxes, from where on neither can be read
const TOO_HIGH = 0.25; // of the lower of two boxes, less than which letters only touch
const INITIAL = 1.5; // times as high as its lines: a first letter that is set over several of them
const SHADOW = 0.3; // of a line's height, within which the same text again is its shadow
/** What is set over a letter on purpose: accents, strokes, arrows. */
const MARK = /^[\p{M}\p{Sk}\p{Sm}\p{So}\p{Pd}\p{Po}\p{Pc}]$/u;

/** The nodes with a line that lies over another one, and one node each of what they lie over.
 * @param {Chapter} chapter @param {Lines} lines @param {Text[]} nodes @returns {Map<number, number>} */
export function overprinted(chapter, lines, nodes) {
  const { node, column, start, end, top, bottom } = lines;
  const order = node.map((_, i) => i).sort((a, b) => column[a] - column[b] || top[a] - top[b]);
  const isCounted = countedIn(chapter, nodes);
  /** @type {Map<number, number>} */ const found = new Map();
  for (let i = 0; i < order.length; i++) {
    const a = order[i];
    for (let j = i + 1; j < order.length; j++) {
      const b = order[j];
      if (column[b] !== column[a] || top[b] >= bottom[a]) break;
      if (found.has(node[a]) && found.has(node[b])) continue;
      const across = Math.min(end[a], end[b]) - Math.max(start[a], start[b]);
      if (across < COVERED * Math.min(end[a] - start[a], end[b] - start[b])) continue;
      const down = Math.min(bottom[a], bottom[b]) - top[b];
      if (down < TOO_HIGH * Math.min(bottom[a] - top[a], bottom[b] - top[b])) continue;
      if (!isCounted(node[a]) || !isCounted(node[b]) || isMeant(lines, nodes, a, b)) continue;
      if (!found.has(node[a])) found.set(node[a], node[b]);
      if (!found.has(node[b])) found.set(node[b], node[a]);
    }
  }
  return found;
}

/** Tells of each node, asked once, whether it is text that is seen, and set as other text is.
 * @param {Chapter} chapter @param {Text[]} nodes @returns {(index: number) => boolean} */
function countedIn(chapter, nodes) {
  /** @type {Map<number, boolean>} */ const known = new Map();
  return (index) => {
    let counted = known.get(index);
    if (counted === undefined) {
      const parent = /** @type {Element} */ (nodes[index].parentElement);
      counted = !isDrawing(parent) && !parent.closest("math, ruby") &&
        chapter.window.getComputedStyle(parent).visibility === "visible";
      known.set(index, counted);
    }
    return counted;
  };
}

/** @param {Element} element @returns {boolean} text of a picture, which is sized as a whole */
export function isDrawing(element) {
  return element.closest("svg") !== null && element.closest("foreignObject") === null;
}

/** Whether one line lies over another as the book wants it: a mark over a letter, a shadow, or a large
 * first letter.
 * @param {Lines} lines @param {Text[]} nodes @param {number} a @param {number} b lines */
function isMeant({ node, start, top, bottom }, nodes, a, b) {
  const heights = [bottom[a] - top[a], bottom[b] - top[b]];
  if (node[a] === node[b]) return Math.max(...heights) > INITIAL * Math.min(...heights);
  const [one, other] = [nodes[node[a]].data.trim(), nodes[node[b]].data.trim()];
  if (MARK.test(one) || MARK.test(other)) return true;
  const near = SHADOW * heights[0];
  return one === other && Math.abs(start[a] - start[b]) < near && Math.abs(top[a] - top[b]) < near;
}
