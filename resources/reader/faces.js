// @ts-check
// Font files that come with the program, or from the reader: Chromium finds no face that only this
// program has, so each chapter is given those that the settings name.

import { later } from "./later.js";

/** @typedef {import("./chapter.js").Chapter} Chapter */

/**
 * @typedef {object} Face
 * @property {string} family
 * @property {string} url in the book's own origin, as its policy allows no other
 * @property {"normal"|"italic"} style
 * @property {string} weight one, or a range as “200 900”
 */

// Then the chapter is laid out in another face, and again in this one. It takes 20 ms unless the
// computer is busy.
const FACES_MS = 2000;

/** @type {WeakMap<Document, Map<string, Promise<unknown>>>} */
const loading = new WeakMap();

/** Our faces in a document, by their address.
 * @param {Document} doc @returns {Map<string, Promise<unknown>>} */
export function facesOf(doc) {
  let faces = loading.get(doc);
  if (!faces) loading.set(doc, faces = new Map());
  return faces;
}

/** Give a document faces. @param {Document} doc @param {Face[]} faces
 * @returns {Promise<unknown>} settles when each was read, or can't be */
export function addFaces(doc, faces) {
  const known = facesOf(doc);
  for (const face of faces) {
    if (!known.has(face.url)) known.set(face.url, loadFace(doc, face));
  }
  return Promise.all(faces.map((face) => known.get(face.url)));
}

/** Give a chapter its faces before it is laid out, and the shell, which measures with them and keeps
 * their files for the next chapter.
 * @param {Chapter} chapter @param {Face[]} faces
 * @returns {Promise<void>} settles in any case soon */
export async function dress(chapter, faces) {
  const held = addFaces(document, faces);
  if (!chapter.ready) return;
  const come = Promise.all([held, addFaces(chapter.doc, faces)]);
  let late = false;
  const soon = new Promise((resolve) => {
    const stop = later(FACES_MS, () => resolve(late = true));
    come.then(stop).then(resolve);
  });
  await soon;
  if (late) come.then(() => chapter.cameLate());
}

/** Load one face into a document. @param {Document} doc @param {Face} one
 * @returns {Promise<unknown>} settles in any case */
export function loadFace(doc, { family, url, style, weight }) {
  const { FontFace } = /** @type {any} */ (doc.defaultView);
  const face = new FontFace(family, `url("${url}")`, { style, weight });
  doc.fonts.add(face);
  return face.load().catch((/** @type {unknown} */ error) => console.error(`${family}: ${error}`));
}
