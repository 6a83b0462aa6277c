"use strict";
// node --test: the panel's few elements, as the editor sees and presses them.

const assert = require("node:assert/strict");
const fs = require("node:fs");
const Module = require("node:module");
const path = require("node:path");
const { test } = require("node:test");

const UXP = path.resolve(__dirname, "../../../../premiere_bridge/uxp");
const { FakePremiere } = require("./fake_premierepro.js");

const HTML = fs.readFileSync(`${UXP}/index.html`, "utf8");
const IDS = [...HTML.matchAll(/ id="(\w+)"/g)].map((match) => match[1]);

function element() {
  const classes = new Set();
  const heard = {};
  return {
    classes,
    children: [],
    text: "",
    get textContent() {
      return this.text;
    },
    // As in a page: whatever was in it is gone.
    set textContent(text) {
      this.text = text;
      this.children.length = 0;
    },
    appendChild(child) {
      this.children.push(child);
    },
    setAttribute() {},
    value: "",
    disabled: false,
    classList: { toggle: (name, on) => (on ? classes.add(name) : classes.delete(name)) },
    addEventListener: (event, task) => {
      heard[event] = task;
    },
    does: (event, details = {}) => heard[event](details),
  };
}

// Opens the panel with a token that was kept, or none; `answer` is what Pickup says to a hello.
function open({ token = "", answer } = {}) {
  const elements = Object.fromEntries(IDS.map((id) => [id, element()]));
  const kept = new Map(token ? [["pickup.token", token]] : []);
  const lines = [];
  class Line {
    constructor(url) {
      this.url = url;
      this.said = [];
      lines.push(this);
      setImmediate(() => this.onopen());
    }
    send(text) {
      const message = JSON.parse(text);
      this.said.push(message);
      if (message.type === "hello") setImmediate(() => answer(this, message));
    }
    hear(message) {
      this.onmessage({ data: JSON.stringify(message) });
    }
    close() {}
  }
  global.document = { getElementById: (id) => elements[id], createElement: element };
  global.WebSocket = Line;
  global.localStorage = {
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => kept.set(name, value),
    removeItem: (name) => kept.delete(name),
  };
  const fake = new FakePremiere({ tracks: [[[0, 10594584000n, "/a.mov"]], []] });
  const load = Module._load;
  Module._load = (name, ...rest) => {
    if (name === "premierepro") return fake.module;
    if (name === "uxp") return { host: { version: "26.3.0" } };
    return load(name, ...rest);
  };
  try {
    delete require.cache[require.resolve(`${UXP}/main.js`)];
    require(`${UXP}/main.js`);
  } finally {
    Module._load = load;
  }
  return { ...elements, elements, kept, lines, fake };
}

const welcome = (line, hello, protocol = 2) =>
  line.hear({ type: "welcome", protocol, pickup: "0.1.0", folder: "/exchange" });
const elder = (line, hello) => welcome(line, hello, 1);
const take = (number, more = {}) => ({
  shot: `pk0${number}`,
  take: `pk0${number}_t01`,
  where: `01:00:0${number}:00`,
  frames: 48,
  instead: "",
  ...more,
});
const ready = (takes, changes = {}) => ({
  type: "ready",
  offer: "o1",
  sequence: "guid-1",
  name: "Scene 4",
  track: "empty track on top",
  takes,
  ...changes,
});
const refuse = (line) => {
  line.hear({ type: "refused", reason: "The pairing token is wrong.", protocols: [1] });
  line.onclose({ code: 4401 });
};

async function until(condition) {
  for (let look = 0; look < 500 && !condition(); look += 1) {
    await new Promise((done) => setTimeout(done, 2));
  }
  assert.ok(condition());
}

const hidden = (panel) => IDS.filter((id) => panel.elements[id].classes.has("hidden")).sort();

test("every element that is used is in the page, and every one of the page is used", () => {
  const main = fs.readFileSync(`${UXP}/main.js`, "utf8");
  const used = new Set([...main.matchAll(/(?:element|hide)\("(\w+)"/g)].map((m) => m[1]));
  assert.deepEqual([...used].sort(), IDS.filter((id) => id !== "line").sort());
});

test("the page loads nothing from anywhere else", () => {
  assert.ok(!/https?:|\/\//.test(HTML.replace("<!DOCTYPE html>", "")));
  const css = fs.readFileSync(`${UXP}/panel.css`, "utf8");
  assert.ok(!/url\(|@import/.test(css));
  for (const file of [...HTML.matchAll(/(?:src|href)="([^"]+)"/g)].map((m) => m[1])) {
    assert.ok(fs.existsSync(`${UXP}/${file}`), file);
  }
});

test("without a token it asks for one, and offers nothing else", () => {
  const panel = open();
  assert.equal(panel.state.textContent, "Not paired with Pickup.");
  assert.equal(panel.lamp.className, "bad");
  assert.deepEqual(hidden(panel), ["help", "into", "offer", "unpair", "work"]);
  assert.equal(panel.lines.length, 0);
});

test("a token is taken by button or by Enter, and kept", async () => {
  for (const press of ["click", "Enter"]) {
    const panel = open({ answer: welcome });
    panel.token.value = "  ";
    panel.token.does("input");
    assert.equal(panel.pair.disabled, true);
    panel.pair.does("click");
    assert.equal(panel.lines.length, 0);
    panel.token.value = " ABCD-EFGH ";
    panel.token.does("input");
    assert.equal(panel.pair.disabled, false);
    panel.token.does("keydown", { key: "A" });
    assert.equal(panel.lines.length, 0);
    if (press === "click") panel.pair.does("click");
    else panel.token.does("keydown", { key: "Enter" });
    await until(() => panel.lamp.className === "good");
    assert.equal(panel.kept.get("pickup.token"), "ABCD-EFGH");
    assert.equal(panel.lines[0].said[0].token, "ABCD-EFGH");
    assert.equal(panel.lines[0].said[0].premiere, "26.3.0");
    assert.equal(panel.token.value, "");
    assert.deepEqual(hidden(panel), ["into", "pairing"]);
    panel.unpair.does("click");
  }
});

test("Send is there while it is connected, and says how it went", async () => {
  const panel = open({ token: "T", answer: welcome });
  assert.equal(panel.lamp.className, "wait");
  assert.equal(panel.send.disabled, true);
  await until(() => panel.lamp.className === "good");
  assert.equal(panel.send.disabled, false);
  panel.send.does("click");
  await until(() => panel.said.textContent === "Sent “Scene 4”.");
  assert.equal(panel.lines[0].said[1].type, "sent");
  assert.deepEqual(hidden(panel), ["help", "into", "pairing"]);
  panel.fake.options.exportFails = true;
  panel.send.does("click");
  await until(() => panel.said.textContent.includes("could not export"));
  assert.equal(panel.lines[0].said.at(-1).type, "trouble");
  panel.unpair.does("click");
});

test("while it works it says at what, and takes no second press", async () => {
  const panel = open({ token: "T", answer: welcome });
  await until(() => panel.lamp.className === "good");
  panel.fake.options.slowExport = true;
  panel.send.does("click");
  await until(() => panel.send.disabled);
  assert.equal(panel.said.textContent, "Sending the timeline.");
  await until(() => !panel.send.disabled);
  panel.unpair.does("click");
});

test("Place is off until Pickup has said what can be placed, and lists exactly that", async () => {
  const panel = open({ token: "T", answer: welcome });
  await until(() => panel.lamp.className === "good");
  assert.equal(panel.place.disabled, true);
  assert.equal(panel.place.textContent, "Place takes");
  assert.deepEqual(hidden(panel), ["into", "pairing"]);
  panel.lines[0].hear(ready([take(1), take(2, { frames: 1, instead: "pk02_t03" }), take(3)]));
  assert.equal(panel.place.disabled, false);
  assert.equal(panel.place.textContent, "Place 3 takes");
  assert.equal(panel.into.textContent, "Onto “Scene 4”, empty track on top:");
  assert.deepEqual(
    panel.takes.children.map((line) => line.textContent),
    [
      "01:00:01:00  pk01_t01, 48 frames",
      "01:00:02:00  pk02_t01, 1 frame, instead of pk02_t03",
      "01:00:03:00  pk03_t01, 48 frames",
    ],
  );
  assert.deepEqual(hidden(panel), ["help", "pairing"]);
  panel.lines[0].hear(ready([take(4)], { offer: "o2" }));
  assert.equal(panel.place.textContent, "Place 1 take");
  assert.equal(panel.takes.children.length, 1);
  panel.lines[0].hear(ready([], { offer: "" }));
  assert.equal(panel.place.disabled, true);
  assert.equal(panel.takes.children.length, 0);
  panel.unpair.does("click");
});

test("a press of Place agrees to the list once, whoever presses twice", async () => {
  const panel = open({ token: "T", answer: welcome });
  await until(() => panel.lamp.className === "good");
  panel.lines[0].hear(ready([take(1)]));
  panel.place.does("click");
  assert.equal(panel.place.disabled, true);
  panel.place.does("click");
  await until(() => panel.said.textContent === "Pickup is preparing the takes.");
  panel.place.does("click");
  assert.equal(panel.place.disabled, true);
  panel.lines[0].hear({ type: "trouble", reason: "Another placing is not finished." });
  assert.equal(panel.said.textContent, "Another placing is not finished.");
  assert.deepEqual(panel.lines[0].said.slice(1), [{ type: "wanted", offer: "o1" }]);
  panel.lines[0].hear(ready([take(1)], { offer: "o2" }));
  assert.equal(panel.place.disabled, false);
  panel.unpair.does("click");
});

test("a list goes with the line, and with the token", async () => {
  const panel = open({ token: "T", answer: welcome });
  await until(() => panel.lamp.className === "good");
  panel.lines[0].hear(ready([take(1)]));
  panel.lines[0].onclose({ code: 1006 });
  assert.equal(panel.place.disabled, true);
  assert.equal(panel.takes.children.length, 0);
  await until(() => panel.lines.length === 2 && panel.lamp.className === "good");
  assert.equal(panel.place.disabled, true);
  panel.lines[1].hear(ready([take(1)]));
  assert.equal(panel.place.disabled, false);
  panel.unpair.does("click");
  assert.equal(panel.takes.children.length, 0);
});

test("with a Pickup of before, there is no such button", async () => {
  const panel = open({ token: "T", answer: elder });
  await until(() => panel.lamp.className === "good");
  assert.deepEqual(hidden(panel), ["into", "offer", "pairing"]);
  assert.equal(panel.send.disabled, false);
  panel.unpair.does("click");
});

test("a refused token is asked for anew", async () => {
  const panel = open({ token: "old", answer: refuse });
  await until(() => panel.lamp.className === "bad");
  assert.equal(panel.state.textContent, "The pairing token is wrong.");
  assert.deepEqual(hidden(panel), ["help", "into", "offer", "unpair", "work"]);
  assert.equal(panel.lines.length, 1);
});

test("Unpair forgets the token and hangs up", async () => {
  const panel = open({ token: "T", answer: welcome });
  await until(() => panel.lamp.className === "good");
  panel.unpair.does("click");
  assert.equal(panel.kept.size, 0);
  assert.equal(panel.lamp.className, "bad");
  assert.equal(panel.send.disabled, true);
});
