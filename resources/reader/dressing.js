// @ts-check
// The style of a chapter: what its book declares, made to follow the settings, and our own style sheet.

import { recolour, recolourAttributes } from "./colours.js";
import { markDrawings } from "./inks.js";
import { schemeOf } from "./palette.js";
import { markParagraphs } from "./paragraphs.js";
import { asksForSizes, eachStyle, isOfDrawing } from "./rules.js";
import { sizesUnder, yieldSetting } from "./setting.js";
import { scaleSize } from "./sizes.js";
import { chapterStyle } from "./styles.js";
import { needsParagraphs } from "./typography.js";

/** @typedef {import("./chapter.js").Chapter} Chapter */
/** @typedef {import("./sizes.js").OwnSizes} OwnSizes */
/** @typedef {import("./styles.js").Settings} Settings */
/** @typedef {import("./styles.js").Geometry} Geometry */

/** Let what style sheets and style attributes declare follow the settings. It is no harm to what was
 * read before. @param {Document} doc */
export function followSettings(doc) {
  /** @type {[CSSStyleDeclaration, string | Element][]} */ const declared = [];
  eachStyle(doc, (style, whose) => declared.push([style, whose]));
  const sizes = sizesUnder(doc, declared);
  for (const [style, whose] of declared) {
    yieldSetting(doc, style, whose, sizes);
    scaleSize(doc, style, whose);
    recolour(doc, style, whose);
  }
}

export class Dressing {
  /** @param {Chapter} chapter @param {import("./sizes.js").BodySizes} bodySizes of the book */
  constructor(chapter, bodySizes) {
    this.chapter = chapter;
    this.bodySizes = bodySizes;
    /** ours @type {CSSStyleSheet | null} */ this.sheet = null;
    /** @type {Map<string, OwnSizes>} */ this._own = new Map();
    this.asksWidth = false; // the book has other styles for other widths
    /** with or without the book's styles, when running paragraphs were found @type {boolean | null} */
    this._marked = null;
  }

  /** Read what the book declares, before our style sheet is applied, and again when more has come. */
  read() {
    if (!this.sheet) {
      recolourAttributes(this.chapter.doc);
      markDrawings(this.chapter);
    }
    followSettings(this.chapter.doc);
    this.asksWidth = asksForSizes(this.chapter.doc);
    this._own.clear();
    this._marked = null;
  }

  /** Apply settings, within the chapter's page box. @param {Settings} settings */
  apply(settings) {
    const { doc, frame, total } = this.chapter;
    for (const sheet of Array.from(doc.styleSheets)) {
      sheet.disabled = !settings.publisherStyles && !isOfDrawing(sheet);
    }
    if (needsParagraphs(settings)) this._findParagraphs(settings.publisherStyles);
    const geometry = /** @type {Geometry} */ (this.chapter.geometry);
    this._replace(chapterStyle(settings, geometry, this.own(settings.publisherStyles), total));
    // what media queries of the book are told: the theme of the page, not that of the desktop
    frame.style.colorScheme = schemeOf(settings.colors);
  }

  /** The sizes that the book asks for, with its styles or without. @param {boolean} styled */
  own(styled) {
    const key = `${styled} ${this.asksWidth ? this.chapter.geometry?.width : ""}`;
    let own = this._own.get(key);
    if (!own) {
      this._replace("");
      own = this.bodySizes.of(this.chapter, styled);
      this._own.set(key, own);
    }
    return own;
  }

  /** Find the running paragraphs, as the book sets them. @param {boolean} styled */
  _findParagraphs(styled) {
    if (this._marked === styled) return;
    this._marked = styled;
    this._replace("");
    markParagraphs(this.chapter.doc);
  }

  /** Replace our style sheet by another one: after sheets of the book were switched off or on,
   * Chromium 140 loses what is put into the same one. @param {string} css */
  _replace(css) {
    const { doc, window } = this.chapter;
    const sheet = new window.CSSStyleSheet();
    sheet.replaceSync(css);
    const others = [...doc.adoptedStyleSheets].filter((one) => one !== this.sheet);
    doc.adoptedStyleSheets = [...others, sheet];
    this.sheet = sheet;
  }
}
