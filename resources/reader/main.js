// @ts-check
// Starts the reader in its isolated world and connects it to the program.

import { Reader } from "./reader.js";
import { watchClicks, watchWheel } from "./input.js";

/** @type {any} */ const world = globalThis;

new world.QWebChannel(world.qt.webChannelTransport, (/** @type {any} */ channel) => {
  const bridge = channel.objects.bridge;
  const reader = new Reader((message) => bridge.receive(JSON.stringify(message)));
  const { viewer, selecting } = reader;
  /** @type {Record<string, object>} */
  const parts = { viewer, selecting, caret: selecting.caret };
  watchClicks(document, reader, (event) => event.clientX);
  watchWheel(document, reader);
  bridge.command.connect((/** @type {string} */ text) => {
    const [name, argument] = JSON.parse(text);
    const [command, part] = name.split(".").toReversed();
    /** @type {any} */ (part ? parts[part] : reader)[command](argument);
  });
  world.kios = reader; // for tests and measurements, in this world only
  reader.emit({ type: "ready" });
});
