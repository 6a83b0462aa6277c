"use strict";
// The panel with a fake of Premiere on a real line: node --experimental-websocket run_panel.js
// PORT TOKEN OUT. Sends at each line of input; ends with it, and leaves in OUT what stands then.

const fs = require("node:fs");
const path = require("node:path");

const UXP = path.resolve(__dirname, "../../../../premiere_bridge/uxp");
const { FakePremiere } = require("./fake_premierepro.js");
const { Panel } = require(`${UXP}/panel.js`);

const [port, token, out] = process.argv.slice(2);
const fake = new FakePremiere({ tracks: [[[0, 10594584000n * 10000n, "/a.mov"]], []], audio: [1] });
const panel = new Panel({
  ppro: fake.module,
  WebSocket,
  premiere: "26.3.0",
  token,
  onChange: () => {},
  linkOptions: { ports: [Number(port)], later: (task) => setTimeout(task, 20) },
  pause: () => new Promise((done) => setTimeout(done, 5)),
});
panel.start();
process.stdin.on("end", () => {
  const items = fake.tracks[1].map((item) => [
    String(item.start),
    String(item.end),
    item.item._state.path,
  ]);
  fs.writeFileSync(out, JSON.stringify({ items, undo: fake.undo }));
  process.exit(0);
});
// The button is there to be pressed once the panel is connected.
const press = () => (panel.connected ? panel.send() : setTimeout(press, 5));
process.stdin.on("data", press);
process.stdin.resume();
