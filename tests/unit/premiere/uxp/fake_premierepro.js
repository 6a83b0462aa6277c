"use strict";
// Premiere as far as the panel sees it. Every object is strict: a member that the real module's
// declarations do not have cannot be used, nor one with other arguments than theirs, and calls that Premiere is known to refuse are refused.

const SURFACE = require("./surface.json");

// A method as it is declared: so many arguments, and a promise or none.
function declared(name, words, task) {
  const [, promise, min, max] = words.match(/^(async )?(\d+)-(\d+)$/);
  return (...given) => {
    if (given.length < Number(min)) throw new Error(`${name}: Not Enough Parameters`);
    if (given.length > Number(max)) throw new Error(`${name} takes ${max} arguments at most`);
    const answer = task(...given);
    if (Boolean(promise) !== answer instanceof Promise) {
      throw new Error(`the fake's ${name} is ${promise ? "" : "not "}to answer with a promise`);
    }
    return answer;
  };
}

// Wraps an object so that only members of its declared type can be read.
function strict(type, object) {
  if (!SURFACE[type]) throw new Error(`no such type: ${type}`);
  const known = new Map(Object.entries(SURFACE[type]));
  for (const member of Object.keys(object)) {
    if (!member.startsWith("_") && !known.has(member)) {
      throw new Error(`the fake's ${type}.${member} is not in Premiere's declarations`);
    }
  }
  return new Proxy(object, {
    get(target, member) {
      if (typeof member === "symbol" || member === "then" || member.startsWith("_")) {
        return target[member];
      }
      if (!known.has(member)) throw new Error(`${type}.${member} is not in the declarations`);
      if (!(member in target)) throw new Error(`${type}.${member} is not in the fake`);
      const value = target[member];
      if (typeof value !== "function") return value;
      return declared(`${type}.${member}`, known.get(member), value.bind(target));
    },
  });
}

const ticks = (value) => strict("TickTime", { ticks: String(value) });

function constants() {
  const made = {};
  for (const [type, members] of Object.entries(SURFACE)) {
    const [, name] = type.split("Constants.");
    if (name)
      made[name] = strict(
        type,
        Object.fromEntries(Object.keys(members).map((m) => [m, `${name}.${m}`])),
      );
  }
  return made;
}

class FakePremiere {
  // tracks: lists of [start, end, path] for each video track; audio: counts of clips a track.
  constructor({ tracks = [[]], audio = [0], name = "Scene 4", markers = [], options = {} } = {}) {
    this.undo = [];
    this.calls = [];
    this.options = options;
    this.binItems = [];
    this.bins = [];
    this.tracks = tracks.map((items) =>
      items.map(([start, end, path]) => ({
        start: BigInt(start),
        end: BigInt(end),
        item: this.clipItem(path),
      })),
    );
    this.audio = [...audio];
    this.markers = markers;
    this.locked = false;
    this.sequence = this.makeSequence(name);
    this.project = this.makeProject();
    this.module = this.makeModule();
  }

  action(apply) {
    if (!this.locked) throw new Error("Actions can only be created inside lockedAccess.");
    return { _apply: apply };
  }

  makeModule() {
    const cast = (kind) =>
      strict(`${kind}Static`, {
        cast: (item) => {
          if (item._kind === kind) return item._cast;
          if (this.options.castThrows) throw new Error("Invalid parameter.");
          return null;
        },
      });
    return {
      Constants: constants(),
      Project: strict("ProjectStatic", {
        getActiveProject: async () => (this.options.noProject ? null : this.project),
      }),
      ProjectConverter: strict("ProjectConverterStatic", {
        exportAsFinalCutProXML: async (sequence, path, quiet) => {
          this.calls.push(["export", path, quiet]);
          if (this.options.slowExport) await new Promise((done) => setTimeout(done, 30));
          return !this.options.exportFails;
        },
      }),
      Markers: strict("MarkersStatic", {
        getMarkers: async () => {
          if (this.options.markersFail) throw new Error("Premiere is busy.");
          return strict("Markers", { getMarkers: () => this.markers.map((m) => this.marker(m)) });
        },
      }),
      SequenceEditor: strict("SequenceEditorStatic", { getEditor: () => this.editor() }),
      TickTime: strict("TickTimeStatic", {
        createWithTicks: (text) => {
          if (typeof text !== "string") throw new Error("Illegal Parameter type");
          return ticks(text);
        },
      }),
      ClipProjectItem: cast("ClipProjectItem"),
      FolderItem: cast("FolderItem"),
      Metadata: strict("MetadataStatic", {
        createSetProjectMetadataAction: (item, xmp, fields) =>
          this.action(() => {
            item._state.xmp = xmp;
            item._state.fields = fields;
          }),
      }),
      Properties: strict("PropertiesStatic", {
        getProperties: async (owner) => {
          if (this.options.noProperties) throw new Error("Invalid parameter.");
          return strict("Properties", {
            createSetValueAction: (name, value) =>
              this.action(() => {
                owner._state[name] = value;
              }),
          });
        },
      }),
    };
  }

  marker({ name = "", comment = "", start = 0, duration = 0, color = 0 }) {
    return strict("Marker", {
      getName: () => name,
      getComments: () => comment,
      getStart: () => ticks(start),
      getDuration: () => ticks(duration),
      getColorIndex: () => color,
    });
  }

  // A raw project item; the editor takes it raw alone, the path can be read of the cast alone.
  clipItem(path, name = path.split(/[\\/]/).pop()) {
    const state = { path, name, in: 0n, out: this.options.mediaTicks || 10n ** 12n };
    const raw = strict("ProjectItem", {
      get name() {
        return state.name;
      },
      _kind: "ClipProjectItem",
      _state: state,
    });
    raw._cast;
    const caster = strict("ClipProjectItem", {
      getMediaFilePath: async () => state.path,
      createSetInOutPointsAction: (from, to) =>
        this.action(() => {
          state.in = BigInt(from.ticks);
          state.out = BigInt(to.ticks);
        }),
      createSetNameAction: (text) =>
        this.action(() => {
          state.name = text;
        }),
      createSetColorLabelAction: (label) =>
        this.action(() => {
          state.label = label;
        }),
      _state: state,
    });
    Object.defineProperty(raw, "_cast", { value: caster });
    return raw;
  }

  folder(name, items) {
    const raw = strict("ProjectItem", { name, _kind: "FolderItem" });
    const caster = strict("FolderItem", { name, getItems: async () => [...items] });
    Object.defineProperty(raw, "_cast", { value: caster });
    return raw;
  }

  makeProject() {
    const root = strict("FolderItem", {
      getItems: async () => [this.clipItem("/elsewhere/Pickup", "Pickup"), ...this.bins],
      createBinAction: (name) =>
        this.action(() => this.bins.push(this.folder(name, this.binItems))),
    });
    return strict("Project", {
      path: "/projects/film.prproj",
      getRootItem: async () => root,
      getActiveSequence: async () => (this.options.noSequence ? null : this.sequence),
      getSequences: async () => [this.sequence],
      importFiles: async (paths, quiet, bin, stills) => {
        if (!bin) throw new Error("Illegal Parameter type");
        this.calls.push(["import", paths, quiet, stills]);
        const arrive = () =>
          this.binItems.push(
            ...paths
              .filter((p) => !(this.options.refuse || []).includes(p))
              .map((p) => this.clipItem(p)),
          );
        if (this.options.slowImport) setTimeout(arrive, 5);
        else arrive();
        return true;
      },
      lockedAccess: (callback) => {
        this.locked = true;
        try {
          callback();
        } finally {
          this.locked = false;
        }
      },
      executeTransaction: (callback, label) => {
        const actions = [];
        callback(strict("CompoundAction", { addAction: (action) => actions.push(action) > 0 }));
        if ((this.options.refuseStep || (() => false))(label)) return false;
        if ((this.options.throwStep || (() => false))(label)) throw new Error("Invalid parameter.");
        // In and out points that are set in the same transaction do not count in it.
        const marks = new Map(
          actions.length ? this.binItems.map((i) => [i._state, { ...i._state }]) : [],
        );
        for (const action of actions) action._apply(marks);
        this.undo.push(label);
        return true;
      },
    });
  }

  editor() {
    return strict("SequenceEditor", {
      createOverwriteItemAction: (item, time, video, audio) => {
        if (item._kind !== "ClipProjectItem") throw new Error("Invalid parameter.");
        if (video >= this.tracks.length) throw new Error("Invalid parameter.");
        return this.action((marks) => {
          if ((this.options.drop || (() => false))(item._state.path)) return;
          const { in: from, out: to } = marks.get(item._state) || item._state;
          const start = BigInt(time.ticks);
          const extra = (this.options.longer || (() => 0n))(item._state.path);
          this.calls.push(["overwrite", video, audio]);
          this.tracks[video].push({ start, end: start + to - from + extra, item });
          if (audio >= 0) this.audio[audio] += 1;
        });
      },
    });
  }

  makeSequence(name) {
    const end = () =>
      this.tracks.flat().reduce((last, item) => (item.end > last ? item.end : last), 0n);
    const clip = (entry) =>
      strict("VideoClipTrackItem", {
        getStartTime: async () => ticks(entry.start),
        getEndTime: async () => ticks(entry.end),
        getProjectItem: async () => entry.item,
      });
    const empties = (items) => {
      const sorted = [...items].sort((a, b) => Number(a.start - b.start));
      const found = [];
      let at = 0n;
      for (const item of sorted) {
        if (item.start > at) found.push({ start: at, end: item.start });
        at = item.end;
      }
      return [...found, { start: at, end: 10n ** 18n }];
    };
    const types = constants().TrackItemType;
    const listed = (items, type) => (type === types.EMPTY ? empties(items) : items).map(clip);
    return strict("Sequence", {
      name,
      guid: strict("Guid", { toString: () => "guid-1" }),
      getEndTime: async () => ticks(end()),
      getTimebase: async () => "10594584000",
      getZeroPoint: async () => ticks(0),
      getVideoTrackCount: async () => this.tracks.length,
      getAudioTrackCount: async () => this.audio.length,
      getVideoTrack: async (index) => {
        if (this.options.blind && this.undo.some((label) => label.startsWith("Place")))
          throw new Error("Premiere is busy.");
        return strict("VideoTrack", { getTrackItems: (type) => listed(this.tracks[index], type) });
      },
      getAudioTrack: async (index) =>
        strict("AudioTrack", { getTrackItems: () => new Array(this.audio[index]).fill(0) }),
    });
  }
}

module.exports = { FakePremiere };
