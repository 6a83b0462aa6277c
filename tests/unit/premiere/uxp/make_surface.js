"use strict";
// node make_surface.js path/to/premierepro.d.ts > surface.json

const fs = require("node:fs");
const { parse } = require("./surface.js");

const USED = [
  "AudioTrack",
  "ClipProjectItem",
  "ClipProjectItemStatic",
  "CompoundAction",
  "FolderItem",
  "FolderItemStatic",
  "Guid",
  "Marker",
  "Markers",
  "MarkersStatic",
  "MetadataStatic",
  "Project",
  "ProjectConverterStatic",
  "ProjectItem",
  "ProjectStatic",
  "Properties",
  "PropertiesStatic",
  "Sequence",
  "SequenceEditor",
  "SequenceEditorStatic",
  "TickTime",
  "TickTimeStatic",
  "VideoClipTrackItem",
  "VideoTrack",
  "Constants.ProjectItemColorLabel",
  "Constants.PropertyType",
  "Constants.TrackItemType",
];
const all = parse(fs.readFileSync(process.argv[2], "utf8"));
const used = Object.fromEntries(USED.map((type) => [type, all[type]]));
process.stdout.write(`${JSON.stringify(used, null, 2)}\n`);
