"use strict";
// "Place": the clips into a bin, and onto an empty track in one undo step; then a look at what
// stands there, for only that is reported as placed.

const { imported, pickupBin, transact } = require("./bin.js");
const tracks = require("./tracks.js");
const { projectXmp, COLUMNS } = require("./metadata.js");

const sleep = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

async function findSequence(ppro, guid) {
  const project = await ppro.Project.getActiveProject();
  if (!project) throw new Error("No project is open in Premiere.");
  if (guid) {
    const all = await project.getSequences();
    const found = all.find((sequence) => sequence.guid.toString() === guid);
    if (!found) throw new Error("The sequence that was sent is not in the open project.");
    return { project, sequence: found };
  }
  const sequence = await project.getActiveSequence();
  if (!sequence) throw new Error("No sequence is open in Premiere.");
  return { project, sequence };
}

function report(order, clips, track, reason) {
  const message = { type: "report", job: order.job, clips, reason: reason || "" };
  return track >= 0 ? { ...message, track } : message;
}

// What of an order stands in the sequence; nothing is changed.
async function check(ppro, order) {
  const { sequence } = await findSequence(ppro, order.sequence);
  const all = await tracks.videoTracks(ppro, sequence);
  let track = -1;
  const clips = order.clips.map((clip) => {
    const seen = all.map((items) => tracks.standing(clip, items));
    const at = seen.findIndex((outcome) => outcome.state === "placed");
    if (at >= 0 && track < 0) track = at;
    return at >= 0 ? seen[at] : { id: clip.id, state: "missing", reason: "" };
  });
  return report(order, clips, track);
}

function targetTrack(order, all) {
  const asked = order.track;
  const index = Number.isInteger(asked) && asked < all.length ? asked : tracks.emptyTopTrack(all);
  if (index < 0) {
    throw new Error(
      "There is no empty video track above the others. Add one (Sequence > Add Tracks) and place " +
        "again; Pickup overwrites nothing.",
    );
  }
  return index;
}

// Those that can be placed; the others are told of. What stands already, on whatever track, is not
// placed a second time.
function sortOut(order, all, track, found, audioTrack) {
  const outcomes = [];
  const ready = [];
  for (const clip of order.clips) {
    const fail = (reason) => outcomes.push({ id: clip.id, state: "failed", reason });
    const seen = all.map((items) => tracks.standing(clip, items));
    const now = seen.find((outcome) => outcome.state === "placed");
    if (now) outcomes.push(now);
    else if (tracks.overlapping(clip, all[track])) fail("something else lies at its place");
    else if (!found.has(clip.id)) fail("Premiere did not import its file");
    else if (clip.audio && audioTrack < 0) fail("there is no empty audio track for its sound");
    else ready.push(clip);
  }
  return { outcomes, ready };
}

async function place(ppro, order, onProgress, pause = sleep) {
  const { project, sequence } = await findSequence(ppro, order.sequence);
  const before = await tracks.videoTracks(ppro, sequence);
  const track = targetTrack(order, before);
  const audioTrack = await tracks.emptyAudioTrack(ppro, sequence);
  const bin = await pickupBin(ppro, project, order.bin);
  const found = await imported(ppro, project, bin, order.clips, pause);
  const { outcomes, ready } = sortOut(order, before, track, found, audioTrack);
  for (const clip of ready) {
    onProgress({ type: "progress", job: order.job, clip: { id: clip.id, state: "imported" } });
  }
  if (!ready.length) return report(order, outcomes, track);
  mark(ppro, project, ready, found);
  const refusal = overwrite(ppro, { project, sequence, track, audioTrack }, ready, found);
  const seen = await looked(ppro, sequence, track, ready);
  await describe(ppro, project, ready, found);
  return report(order, [...outcomes, ...seen], track, refusal);
}

// What stands after the edit, whatever the edit itself said of it.
async function looked(ppro, sequence, track, clips) {
  try {
    const after = await tracks.videoTracks(ppro, sequence);
    return clips.map((clip) => tracks.standing(clip, after[track]));
  } catch (error) {
    return unknown(clips, error.message);
  }
}

function unknown(clips, reason) {
  return clips.map((clip) => ({ id: clip.id, state: "unknown", reason }));
}

// In and out points have to be set, and that transaction over, before an overwrite uses them.
function mark(ppro, project, clips, found) {
  const time = (ticks) => ppro.TickTime.createWithTicks(ticks);
  const done = transact(project, "Pickup: mark clips", () =>
    clips.flatMap((clip) => {
      const item = ppro.ClipProjectItem.cast(found.get(clip.id));
      return [
        item.createSetInOutPointsAction(time(clip.in_point), time(clip.out_point)),
        item.createSetNameAction(clip.name),
        item.createSetColorLabelAction(ppro.Constants.ProjectItemColorLabel.LAVENDER),
      ];
    }),
  );
  if (!done) throw new Error("Premiere could not mark the clips; nothing was placed.");
}

// All clips in one transaction; why Premiere refused it, or nothing.
function overwrite(ppro, target, clips, found) {
  const label = clips.length === 1 ? "Place a pickup" : `Place ${clips.length} pickups`;
  const actions = () => {
    const editor = ppro.SequenceEditor.getEditor(target.sequence);
    return clips.map((clip) =>
      editor.createOverwriteItemAction(
        found.get(clip.id),
        ppro.TickTime.createWithTicks(clip.start),
        target.track,
        clip.audio ? target.audioTrack : -1,
      ),
    );
  };
  try {
    return transact(target.project, label, actions) ? "" : "Premiere refused the edit.";
  } catch (error) {
    return `Premiere refused the edit: ${error.message}`;
  }
}

// Columns of the Project panel, and the gap's id as a property. Nice to have: the clips stand.
async function describe(ppro, project, clips, found) {
  for (const clip of clips) {
    const item = found.get(clip.id);
    try {
      const xmp = projectXmp(clip);
      transact(project, "Pickup: describe a clip", () => [
        ppro.Metadata.createSetProjectMetadataAction(item, xmp, COLUMNS),
      ]);
      const properties = await ppro.Properties.getProperties(ppro.ClipProjectItem.cast(item));
      const persistent = ppro.Constants.PropertyType.PERSISTENT;
      transact(project, "Pickup: remember a gap", () => [
        properties.createSetValueAction("pickup.gap", clip.gap, persistent),
        properties.createSetValueAction("pickup.record", clip.record, persistent),
      ]);
    } catch (error) {
      // The types promise properties for projects and sequences only; the name has the shot's id.
    }
  }
}

module.exports = { check, place, unknown };
