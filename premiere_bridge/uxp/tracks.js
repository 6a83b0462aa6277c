"use strict";
// What lies on the tracks of a sequence, in whole ticks.

function samePath(one, other) {
  const plain = (path) => path.replace(/\\/g, "/").toLowerCase().normalize("NFC");
  return plain(one) === plain(other);
}

// A cast of something else is null, or throws, as the build has it.
function castOrNull(type, item) {
  try {
    return type.cast(item) || null;
  } catch (error) {
    return null;
  }
}

async function mediaPath(ppro, item) {
  const clip = castOrNull(ppro.ClipProjectItem, item);
  if (!clip) return "";
  try {
    return (await clip.getMediaFilePath()) || "";
  } catch (error) {
    return ""; // a sequence or a title has no file
  }
}

async function itemsOf(ppro, track) {
  const found = [];
  for (const item of track.getTrackItems(ppro.Constants.TrackItemType.CLIP, false)) {
    const source = await item.getProjectItem();
    found.push({
      start: BigInt((await item.getStartTime()).ticks),
      end: BigInt((await item.getEndTime()).ticks),
      path: source ? await mediaPath(ppro, source) : "",
    });
  }
  return found;
}

async function videoTracks(ppro, sequence) {
  const tracks = [];
  const count = await sequence.getVideoTrackCount();
  for (let index = 0; index < count; index += 1) {
    tracks.push(await itemsOf(ppro, await sequence.getVideoTrack(index)));
  }
  return tracks;
}

// The first audio track with nothing on it, or -1.
async function emptyAudioTrack(ppro, sequence) {
  const count = await sequence.getAudioTrackCount();
  for (let index = 0; index < count; index += 1) {
    const track = await sequence.getAudioTrack(index);
    if (track.getTrackItems(ppro.Constants.TrackItemType.CLIP, false).length === 0) return index;
  }
  return -1;
}

// The lowest empty track above all that hold something, or -1: there a clip hides what it should.
function emptyTopTrack(tracks) {
  const used = tracks.reduce((last, items, index) => (items.length ? index : last), -1);
  return used + 1 < tracks.length ? used + 1 : -1;
}

// How a clip stands among the items of a track.
function standing(clip, items) {
  const start = BigInt(clip.start);
  const end = BigInt(clip.end);
  const mine = items.find((item) => samePath(item.path, clip.path) && item.start === start);
  if (mine && mine.end === end) return { id: clip.id, state: "placed", reason: "" };
  if (mine) {
    const reason = `it stands there ${mine.end - start} ticks long instead of ${end - start}`;
    return { id: clip.id, state: "failed", reason };
  }
  return { id: clip.id, state: "missing", reason: "" };
}

function overlapping(clip, items) {
  return items.some((item) => item.start < BigInt(clip.end) && item.end > BigInt(clip.start));
}

module.exports = {
  castOrNull,
  emptyAudioTrack,
  emptyTopTrack,
  mediaPath,
  overlapping,
  samePath,
  standing,
  videoTracks,
};
