"use strict";
// node --test: the companion panel against a fake of Premiere.

const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const { test } = require("node:test");

const UXP = path.resolve(__dirname, "../../../../premiere_bridge/uxp");
const { FakePremiere } = require("./fake_premierepro.js");
const { declarations, parse } = require("./surface.js");
const { Link, PORTS, PROTOCOLS } = require(`${UXP}/link.js`);
const { Panel } = require(`${UXP}/panel.js`);
const { check, place } = require(`${UXP}/place.js`);
const { fileName, join, send } = require(`${UXP}/timeline.js`);
const { projectXmp } = require(`${UXP}/metadata.js`);

const FRAME = 10594584000n;
const at = (frame) => String(BigInt(frame) * FRAME);
const noPause = () => new Promise((done) => setTimeout(done, 1));

function clip(id, start, length, changes = {}) {
  return {
    id,
    name: `pk0${id}_t01`,
    path: `/takes/pk0${id}_t01.mov`,
    start: at(start),
    end: at(start + length),
    in_point: at(8),
    out_point: at(8 + length),
    audio: false,
    description: "a <wide> & quiet street",
    scene: "Scene 4",
    shot: `pk0${id}`,
    log_note: `Synthetic, gap g${id}`,
    gap: `g${id}`,
    record: "{}",
    ...changes,
  };
}

function order(clips, changes = {}) {
  return {
    type: "place",
    job: "j1",
    sequence: "guid-1",
    bin: "Pickup",
    track: null,
    clips,
    ...changes,
  };
}

const footage = [
  [0, 100n * FRAME, "/a.mov"],
  [148n * FRAME, 300n * FRAME, "/b.mov"],
];
const scene = (options = {}, more = {}) =>
  new FakePremiere({ tracks: [footage, []], audio: [3, 0], options, ...more });

const states = (report) => Object.fromEntries(report.clips.map((c) => [c.id, c.state]));

test("places on the empty track above, to the tick, in one undo step", async () => {
  const fake = scene();
  const said = [];
  const clips = [clip("1", 100, 48), clip("2", 400, 24)];
  const report = await place(fake.module, order(clips), (m) => said.push(m), noPause);
  assert.deepEqual(states(report), { 1: "placed", 2: "placed" });
  assert.equal(report.track, 1);
  assert.equal(report.reason, "");
  assert.deepEqual(
    fake.tracks[1].map((item) => [item.start, item.end]),
    [
      [100n * FRAME, 148n * FRAME],
      [400n * FRAME, 424n * FRAME],
    ],
  );
  assert.equal(fake.undo.filter((label) => label.startsWith("Place")).length, 1);
  assert.ok(fake.undo.includes("Place 2 pickups"));
  assert.deepEqual(fake.tracks[0].length, 2);
  assert.deepEqual(
    said.map((m) => [m.type, m.clip.state]),
    [
      ["progress", "imported"],
      ["progress", "imported"],
    ],
  );
});

test("names, labels and describes what it places", async () => {
  const fake = scene();
  await place(fake.module, order([clip("1", 100, 48)]), () => {}, noPause);
  const state = fake.binItems[0]._state;
  assert.equal(state.name, "pk01_t01");
  assert.equal(state.label, "ProjectItemColorLabel.LAVENDER");
  assert.equal(state["pickup.gap"], "g1");
  assert.match(state.xmp, /Column\.Intrinsic\.LogNote>Synthetic, gap g1</);
  assert.match(state.xmp, /a &lt;wide&gt; &amp; quiet street/);
  assert.ok(state.fields.includes("Column.PropertyText.Scene"));
});

test("properties that are refused do not spoil the placing", async () => {
  const fake = scene({ noProperties: true });
  const report = await place(fake.module, order([clip("1", 100, 48)]), () => {}, noPause);
  assert.deepEqual(states(report), { 1: "placed" });
});

test("imports once, into the bin, without dialogs, and waits for what comes late", async () => {
  const fake = scene({ slowImport: true });
  const clips = [clip("1", 100, 48), clip("2", 400, 24)];
  const report = await place(fake.module, order(clips), () => {}, noPause);
  assert.deepEqual(states(report), { 1: "placed", 2: "placed" });
  const imports = fake.calls.filter(([what]) => what === "import");
  assert.deepEqual(imports, [["import", clips.map((c) => c.path), true, false]]);
  fake.tracks[1].length = 0;
  await place(fake.module, order(clips), () => {}, noPause);
  assert.equal(fake.calls.filter(([what]) => what === "import").length, 1);
  assert.equal(fake.bins.length, 1);
});

test("a build whose casts throw is dealt with alike", async () => {
  const fake = scene({ castThrows: true });
  const report = await place(fake.module, order([clip("1", 100, 48)]), () => {}, noPause);
  assert.deepEqual(states(report), { 1: "placed" });
  assert.equal(fake.bins.length, 1);
});

test("without an empty track nothing is touched", async () => {
  const fake = new FakePremiere({ tracks: [[], footage] });
  await assert.rejects(
    place(fake.module, order([clip("1", 100, 48)]), () => {}, noPause),
    /no empty video track/,
  );
  assert.deepEqual(fake.undo, []);
  assert.deepEqual(fake.calls, []);
});

test("a file that Premiere refuses is told of, the others are placed", async () => {
  const fake = scene({ refuse: ["/takes/pk01_t01.mov"] });
  const clips = [clip("1", 100, 48), clip("2", 400, 24)];
  const report = await place(
    fake.module,
    order(clips),
    () => {},
    async () => {},
  );
  assert.deepEqual(states(report), { 1: "failed", 2: "placed" });
  assert.match(report.clips.find((c) => c.id === "1").reason, /did not import/);
});

test("sound goes to an empty audio track, or the clip is not placed", async () => {
  const fake = scene();
  const clips = [clip("1", 100, 48, { audio: true }), clip("2", 400, 24)];
  await place(fake.module, order(clips), () => {}, noPause);
  assert.deepEqual(
    fake.calls.filter(([what]) => what === "overwrite"),
    [
      ["overwrite", 1, 1],
      ["overwrite", 1, -1],
    ],
  );
  const full = scene({}, { audio: [3, 1] });
  const report = await place(full.module, order(clips), () => {}, noPause);
  assert.deepEqual(states(report), { 1: "failed", 2: "placed" });
  assert.deepEqual(full.audio, [3, 1]);
});

test("what stands there already is not placed twice", async () => {
  const fake = scene();
  const clips = [clip("1", 100, 48), clip("2", 400, 24)];
  await place(fake.module, order(clips.slice(0, 1)), () => {}, noPause);
  const report = await place(fake.module, order(clips, { track: 1 }), () => {}, noPause);
  assert.deepEqual(states(report), { 1: "placed", 2: "placed" });
  assert.equal(fake.tracks[1].length, 2);
});

test("what stands on another track than the empty one is not placed twice either", async () => {
  const fake = new FakePremiere({ tracks: [footage, [], []] });
  const clips = [clip("1", 100, 48), clip("2", 400, 24)];
  await place(fake.module, order(clips.slice(0, 1)), () => {}, noPause);
  const report = await place(fake.module, order(clips), () => {}, noPause);
  assert.deepEqual(states(report), { 1: "placed", 2: "placed" });
  assert.deepEqual(
    fake.tracks.map((items) => items.length),
    [2, 1, 1],
  );
});

test("nothing of somebody else's is overwritten", async () => {
  const fake = new FakePremiere({
    tracks: [footage, [[110n * FRAME, 120n * FRAME, "/theirs.mov"]]],
  });
  const report = await place(
    fake.module,
    order([clip("1", 100, 48)], { track: 1 }),
    () => {},
    noPause,
  );
  assert.deepEqual(states(report), { 1: "failed" });
  assert.equal(fake.tracks[1].length, 1);
});

test("a refused edit is reported by what stands", async () => {
  for (const option of ["refuseStep", "throwStep"]) {
    const fake = scene({ [option]: (label) => label.startsWith("Place") });
    const report = await place(fake.module, order([clip("1", 100, 48)]), () => {}, noPause);
    assert.deepEqual(states(report), { 1: "missing" });
    assert.match(report.reason, /refused the edit/);
  }
});

test("marks that cannot be set stop before the sequence is touched", async () => {
  const fake = scene({ refuseStep: (label) => label.includes("mark") });
  await assert.rejects(
    place(fake.module, order([clip("1", 100, 48)]), () => {}, noPause),
    /nothing was placed/,
  );
  assert.deepEqual(fake.tracks[1], []);
});

test("a clip that lands short, long or not at all is never called placed", async () => {
  const long = scene({
    longer: (file) => (file.includes("pk01") ? FRAME : 0n),
    drop: (file) => file.includes("pk02"),
  });
  const clips = [clip("1", 100, 47), clip("2", 400, 24), clip("3", 500, 24)];
  const report = await place(long.module, order(clips), () => {}, noPause);
  assert.deepEqual(states(report), { 1: "failed", 2: "missing", 3: "placed" });
});

test("when Premiere cannot be looked at, nothing is claimed", async () => {
  const fake = scene({ blind: true });
  const report = await place(fake.module, order([clip("1", 100, 48)]), () => {}, noPause);
  assert.deepEqual(states(report), { 1: "unknown" });
});

test("a check changes nothing and says what stands, on whatever track", async () => {
  const fake = scene();
  const clips = [clip("1", 100, 48), clip("2", 400, 24)];
  await place(fake.module, order(clips.slice(0, 1)), () => {}, noPause);
  const steps = fake.undo.length;
  const report = await check(fake.module, { ...order(clips), type: "check" });
  assert.deepEqual(states(report), { 1: "placed", 2: "missing" });
  assert.equal(report.track, 1);
  assert.equal(fake.undo.length, steps);
});

test("another project or sequence is not placed into", async () => {
  const fake = scene();
  const wanted = order([clip("1", 100, 48)], { sequence: "guid-9" });
  await assert.rejects(
    place(fake.module, wanted, () => {}, noPause),
    /not in the open project/,
  );
  const closed = scene({ noProject: true });
  await assert.rejects(check(closed.module, wanted), /No project/);
});

test("Send exports without a dialog, with empty items and markers", async () => {
  const fake = scene(
    {},
    {
      markers: [{ name: "pickup: hands", comment: "close", start: 5n * FRAME, color: 3 }],
      name: "Scene 4/B: Über",
    },
  );
  const sent = await send(fake.module, "/exchange/");
  assert.equal(sent.path, "/exchange/Scene 4_B_ _ber.xml");
  assert.deepEqual(fake.calls, [["export", sent.path, true]]);
  assert.deepEqual(sent.empties, [
    { track: 0, start: at(100), end: at(148) },
    { track: 1, start: "0", end: at(300) },
  ]);
  assert.deepEqual(sent.markers, [
    { name: "pickup: hands", comment: "close", start: at(5), duration: "0", color: 3 },
  ]);
  assert.equal(sent.sequence.ticks_per_frame, "10594584000");
});

test("Send writes the file when it knows all else, and not before", async () => {
  const fake = scene({ markersFail: true });
  await assert.rejects(send(fake.module, "/exchange"), /Premiere is busy/);
  assert.deepEqual(fake.calls, []);
});

test("Send says why it could not", async () => {
  await assert.rejects(send(scene({ exportFails: true }).module, "/x"), /could not export/);
  await assert.rejects(send(scene({ noSequence: true }).module, "/x"), /No sequence/);
});

test("file names and folders of either system", () => {
  assert.equal(fileName("..."), "Sequence");
  assert.equal(join("C:\\Exchange", "a.xml"), "C:\\Exchange\\a.xml");
  assert.equal(join("C:/Exchange/", "a.xml"), "C:/Exchange/a.xml");
});

test("what XML forbids does not get into the packet", () => {
  assert.ok(!projectXmp(clip("1", 0, 1, { description: "a\u0000\u000bb" })).includes("\u0000"));
});

// A WebSocket without a net: `server` is called with each that is opened.
function sockets(server) {
  const opened = [];
  class Socket {
    constructor(url) {
      this.url = url;
      this.sent = [];
      opened.push(this);
      setImmediate(() => server(this));
    }
    send(text) {
      this.sent.push(JSON.parse(text));
      if (this.onsent) this.onsent(JSON.parse(text));
    }
    close() {}
    hear(message) {
      this.onmessage({ data: JSON.stringify(message) });
    }
  }
  return { Socket, opened };
}

// A machine under load may take its time: wait for the thing itself.
async function until(condition) {
  for (let look = 0; look < 500 && !condition(); look += 1) {
    await new Promise((done) => setTimeout(done, 5));
  }
  assert.ok(condition());
}

function accept(socket) {
  socket.onopen();
  socket.hear({ type: "welcome", protocol: 2, pickup: "0.1.0", folder: "/exchange" });
}

test("the line tries every address, says hello, and comes back when lost", async () => {
  let tries = 0;
  const { Socket, opened } = sockets((socket) => {
    tries += 1;
    if (tries < 4) socket.onclose({ code: 1006 });
    else accept(socket);
  });
  const seen = [];
  const link = new Link({
    WebSocket: Socket,
    token: "T",
    premiere: "26.2",
    onMessage: () => {},
    onState: (state) => seen.push(state.connected),
    later: (task) => setImmediate(task),
  });
  link.dial();
  await until(() => seen.at(-1) === true);
  assert.deepEqual(
    opened.map((s) => s.url),
    [
      `ws://127.0.0.1:${PORTS[0]}`,
      `ws://localhost:${PORTS[0]}`,
      `ws://127.0.0.1:${PORTS[1]}`,
      `ws://localhost:${PORTS[1]}`,
    ],
  );
  assert.deepEqual(opened[3].sent[0].protocols, PROTOCOLS);
  assert.equal(opened[3].sent[0].token, "T");
  assert.equal(seen.at(-1), true);
  opened[3].onclose({ code: 1006 });
  await until(() => opened.length === 5 && seen.at(-1) === true);
  assert.equal(opened[4].url, opened[3].url);
  assert.equal(link.say({ type: "trouble", reason: "" }), true);
  link.end();
});

test("a refused token is not tried again", async () => {
  const { Socket, opened } = sockets((socket) => {
    socket.onopen();
    socket.hear({ type: "refused", reason: "The pairing token is wrong.", protocols: [1] });
    socket.onclose({ code: 4401 });
  });
  const seen = [];
  const panel = new Panel({
    ppro: scene().module,
    WebSocket: Socket,
    premiere: "",
    token: "bad",
    onChange: (state) => seen.push(state),
    linkOptions: { later: (task) => setImmediate(task) },
  });
  panel.start();
  await until(() => seen.at(-1).paired === false);
  assert.equal(opened.length, 1);
  assert.match(seen.at(-1).sentence, /wrong/);
  assert.equal(seen.at(-1).paired, false);
});

test("the panel does what it is told, one thing after another, and answers", async () => {
  const fake = scene();
  let line;
  const { Socket } = sockets((socket) => {
    line = socket;
    accept(socket);
  });
  const panel = new Panel({
    ppro: fake.module,
    WebSocket: Socket,
    premiere: "26.2",
    token: "T",
    onChange: () => {},
    pause: noPause,
  });
  panel.start();
  await until(() => panel.connected);
  panel.send();
  line.hear(order([clip("1", 100, 48)]));
  line.hear({ ...order([clip("1", 100, 48)]), type: "check" });
  await until(() => line.sent.length === 5);
  assert.deepEqual(
    line.sent.map((m) => m.type),
    ["hello", "sent", "progress", "report", "report"],
  );
  assert.deepEqual(states(line.sent[4]), { 1: "placed" });
  line.hear(order([clip("1", 100, 48)], { sequence: "other", job: "j2" }));
  line.hear({ ...order([clip("1", 100, 48)], { sequence: "other" }), type: "check" });
  await until(() => line.sent.length === 7);
  const [failed, unsure] = line.sent.slice(5);
  assert.deepEqual([failed.job, failed.clips], ["j2", []]);
  assert.match(failed.reason, /not in the open project/);
  assert.deepEqual(states(unsure), { 1: "unknown" });
  panel.pair("");
});

// A panel that is connected, with takes to place, and what it says and shows.
async function offered(fake, changes = {}) {
  let line;
  const { Socket } = sockets((socket) => {
    line = socket;
    accept(socket);
  });
  const shown = [];
  const panel = new Panel({
    ppro: fake.module,
    WebSocket: Socket,
    premiere: "26.2",
    token: "T",
    onChange: (state) => shown.push(state),
    pause: noPause,
  });
  panel.start();
  await until(() => panel.connected);
  const takes = [{ shot: "pk01", take: "pk01_t01", where: "01:00:04:04", frames: 48, instead: "" }];
  const list = { offer: "o1", sequence: "guid-1", name: "Scene 4", track: "on top", takes };
  line.hear({ type: "ready", ...list, ...changes });
  return { panel, line, shown, wanted: () => line.sent.filter((m) => m.type === "wanted") };
}

test("Place asks Pickup, and what Pickup then orders is done and reported", async () => {
  const fake = scene();
  const { panel, line, shown, wanted } = await offered(fake);
  assert.equal(shown.at(-1).offer.takes.length, 1);
  await panel.place();
  assert.deepEqual(wanted(), [{ type: "wanted", offer: "o1" }]);
  assert.equal(fake.undo.length, 0, "nothing is placed before Pickup says what");
  line.hear(order([clip("1", 100, 48)]));
  await until(() => line.sent.at(-1).type === "report" && !shown.at(-1).busy);
  assert.equal(shown.at(-1).said, "1 of 1 clips stand in the sequence.");
  assert.equal(shown.at(-1).offer, null);
  panel.pair("");
});

test("takes of a sequence that is not open in front are not placed", async () => {
  const { panel, shown, wanted } = await offered(scene(), { sequence: "guid-9", name: "Scene 9" });
  await panel.place();
  assert.match(shown.at(-1).said, /These takes are for “Scene 9”; open it/);
  assert.deepEqual(wanted(), []);
  assert.ok(shown.at(-1).offer, "they can be placed once it is");
  panel.pair("");
});

test("without a sequence, a list or a line, nothing is asked for", async () => {
  const closed = await offered(scene({ noSequence: true }));
  await closed.panel.place();
  assert.match(closed.shown.at(-1).said, /No sequence is open/);
  closed.line.hear({ type: "ready", offer: "", sequence: "", name: "", track: "", takes: [] });
  await closed.panel.place();
  assert.deepEqual(closed.wanted(), []);
  closed.panel.pair("");
  const lost = await offered(scene());
  const pressed = lost.panel.place();
  lost.line.onclose({ code: 1006 });
  await pressed;
  assert.match(lost.shown.at(-1).said, /has changed/);
  assert.deepEqual(lost.wanted(), []);
  lost.panel.pair("");
});

test("a list that changes under the press is looked at anew", async () => {
  const { panel, line, shown, wanted } = await offered(scene());
  const pressed = panel.place();
  line.hear({ ...shown.at(-1).offer, offer: "o2" });
  await pressed;
  assert.deepEqual(wanted(), []);
  assert.match(shown.at(-1).said, /look at the list/);
  await panel.place();
  assert.deepEqual(wanted(), [{ type: "wanted", offer: "o2" }]);
  panel.pair("");
});

test("the manifest lists exactly the addresses that are dialled", () => {
  const manifest = JSON.parse(fs.readFileSync(`${UXP}/manifest.json`, "utf8"));
  assert.equal(manifest.manifestVersion, 5);
  const listed = manifest.requiredPermissions.network.domains;
  const dialled = PORTS.flatMap((port) => [`ws://127.0.0.1:${port}`, `ws://localhost:${port}`]);
  assert.deepEqual(listed, dialled);
  assert.ok(fs.existsSync(`${UXP}/${manifest.main}`));
});

test("the surface that is held strict is that of the declarations", (t) => {
  const real = declarations();
  if (!real) {
    t.skip("@adobe/premierepro is not here (npm pack it, and name its d.ts in PREMIEREPRO_TYPES)");
    return;
  }
  for (const [type, members] of Object.entries(require("./surface.json"))) {
    assert.deepEqual(real[type], members, type);
  }
});

test("declarations are read with their arguments and promises", () => {
  const types = parse(`
export declare type Thing = {
  /** with a comment: (not a method) */
  readonly name: string;
  plain(): void;
  later(path: string, quiet?: boolean): Promise<boolean>;
  run(
    callback: (compound: Compound, again?: number) => void,
    label?: string
  ): boolean;
  pairs(map: Map<string, number>, options: { a: number, b?: string }): Thing[];
  toString(): string;
};
export declare type Empty = {};
export enum Kind { ONE, TWO }
`);
  assert.deepEqual(types, {
    Thing: {
      later: "async 1-2",
      name: "value",
      pairs: "2-2",
      plain: "0-0",
      run: "1-2",
      toString: "0-0",
    },
    Empty: {},
    "Constants.Kind": { ONE: "value", TWO: "value" },
  });
});

test("the fake refuses what the declarations do", async () => {
  const { module } = scene();
  assert.throws(() => module.TickTime.createWithTicks(), /Not Enough Parameters/);
  assert.throws(() => module.TickTime.createWithTicks("1", "2"), /1 arguments at most/);
  assert.throws(() => module.TickTime.createWithNothing, /not in the declarations/);
  assert.throws(() => module.TickTime.createWithSeconds, /not in the fake/);
  const project = await module.Project.getActiveProject();
  assert.throws(() => project.lockedAccess(), /Not Enough Parameters/);
});
