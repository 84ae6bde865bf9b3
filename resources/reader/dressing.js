// @ts-check
// The style of a chapter: what its book declares, made to follow the settings, and our own style sheet.

import { recolour, recolourAttributes } from "./colours.js";
import { markDrawings } from "./inks.js";
import { isDark } from "./palette.js";
import { markParagraphs } from "./paragraphs.js";
import { eachStyle, isOfDrawing } from "./rules.js";
import { sizeBefore, yieldSetting } from "./setting.js";
import { ownSizes, scaleSize } from "./sizes.js";
import { chapterStyle } from "./styles.js";
import { needsParagraphs } from "./typography.js";

/** @typedef {import("./chapter.js").Chapter} Chapter */
/** @typedef {import("./sizes.js").OwnSizes} OwnSizes */
/** @typedef {import("./styles.js").Settings} Settings */
/** @typedef {import("./styles.js").Geometry} Geometry */

/** Let what style sheets and style attributes declare follow the settings. It is no harm to what was
 * read before. @param {Document} doc */
export function followSettings(doc) {
  const base = sizeBefore(doc);
  eachStyle(doc, (style, whose) => {
    yieldSetting(doc, style, whose, base);
    scaleSize(doc, style, whose);
    recolour(doc, style, whose);
  });
}

export class Dressing {
  /** @param {Chapter} chapter */
  constructor(chapter) {
    this.chapter = chapter;
    /** ours @type {CSSStyleSheet | null} */ this.sheet = null;
    /** @type {Map<boolean, OwnSizes>} */ this._own = new Map();
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
    frame.style.colorScheme = isDark(settings.colors.bg) ? "dark" : "light";
  }

  /** The sizes that the book asks for, with its styles or without. @param {boolean} styled */
  own(styled) {
    let own = this._own.get(styled);
    if (!own) {
      this._replace("");
      own = ownSizes(this.chapter);
      this._own.set(styled, own);
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
