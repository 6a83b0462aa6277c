"use strict";
// "Send": the active sequence as a file without a dialog, and as JSON what the file does not hold.

async function activeSequence(ppro) {
  const project = await ppro.Project.getActiveProject();
  if (!project) throw new Error("No project is open in Premiere.");
  const sequence = await project.getActiveSequence();
  if (!sequence) throw new Error("No sequence is open in Premiere.");
  return { project, sequence };
}

// A name that every file system takes.
function fileName(name) {
  const plain = name.replace(/[^A-Za-z0-9 ._-]+/g, "_").replace(/^[. ]+|[. ]+$/g, "");
  return plain || "Sequence";
}

function join(folder, name) {
  const separator = folder.includes("\\") && !folder.includes("/") ? "\\" : "/";
  return folder.replace(/[\\/]+$/, "") + separator + name;
}

async function exportTo(ppro, sequence, folder) {
  const path = join(folder, `${fileName(sequence.name)}.xml`);
  const done = await ppro.ProjectConverter.exportAsFinalCutProXML(sequence, path, true);
  if (!done) throw new Error(`Premiere could not export “${sequence.name}” to ${folder}.`);
  return path;
}

// EMPTY items are the gaps of a track as Premiere sees them; the last runs on to no end.
async function empties(ppro, sequence) {
  const end = BigInt((await sequence.getEndTime()).ticks);
  const count = await sequence.getVideoTrackCount();
  const found = [];
  for (let track = 0; track < count; track += 1) {
    const video = await sequence.getVideoTrack(track);
    for (const item of video.getTrackItems(ppro.Constants.TrackItemType.EMPTY, true)) {
      const from = BigInt((await item.getStartTime()).ticks);
      let to = BigInt((await item.getEndTime()).ticks);
      if (to > end) to = end;
      if (to > from) found.push({ track, start: String(from), end: String(to) });
    }
  }
  return found;
}

async function markers(ppro, sequence) {
  const owner = await ppro.Markers.getMarkers(sequence);
  return owner.getMarkers().map((marker) => ({
    name: marker.getName(),
    comment: marker.getComments(),
    start: marker.getStart().ticks,
    duration: marker.getDuration().ticks,
    color: marker.getColorIndex(),
  }));
}

// The file comes last: Pickup opens it as soon as it is whole, and wants to know the rest by then.
async function send(ppro, folder) {
  const { project, sequence } = await activeSequence(ppro);
  const message = {
    type: "sent",
    project: project.path,
    sequence: {
      guid: sequence.guid.toString(),
      name: sequence.name,
      ticks_per_frame: await sequence.getTimebase(),
      zero_point: (await sequence.getZeroPoint()).ticks,
    },
    empties: await empties(ppro, sequence),
    markers: await markers(ppro, sequence),
  };
  return { ...message, path: await exportTo(ppro, sequence, folder) };
}

module.exports = { activeSequence, fileName, join, send };
