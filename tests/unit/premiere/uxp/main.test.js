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
    textContent: "",
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
  global.document = { getElementById: (id) => elements[id] };
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

const welcome = (line) =>
  line.hear({ type: "welcome", protocol: 1, pickup: "0.1.0", folder: "/exchange" });
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
  assert.deepEqual(hidden(panel), ["help", "unpair", "work"]);
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
    assert.deepEqual(hidden(panel), ["pairing"]);
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
  assert.deepEqual(hidden(panel), ["help", "pairing"]);
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

test("a refused token is asked for anew", async () => {
  const panel = open({ token: "old", answer: refuse });
  await until(() => panel.lamp.className === "bad");
  assert.equal(panel.state.textContent, "The pairing token is wrong.");
  assert.deepEqual(hidden(panel), ["help", "unpair", "work"]);
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
