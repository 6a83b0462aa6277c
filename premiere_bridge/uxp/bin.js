"use strict";
// The bin of the pickups: imports what is not in it yet, and finds the items by listing it.

const { castOrNull, mediaPath, samePath } = require("./tracks.js");

const LOOKS = 40;
const PAUSE = 250;

// Actions must be made while the project is locked, and done as one transaction: one undo step.
function transact(project, label, actions) {
  let done = false;
  project.lockedAccess(() => {
    done = project.executeTransaction((compound) => {
      for (const action of actions()) compound.addAction(action);
    }, label);
  });
  return done;
}

async function findBin(ppro, project, name) {
  const root = await project.getRootItem();
  const items = await root.getItems();
  return items.find((item) => item.name === name && castOrNull(ppro.FolderItem, item)) || null;
}

async function pickupBin(ppro, project, name) {
  const known = await findBin(ppro, project, name);
  if (known) return known;
  const root = await project.getRootItem();
  transact(project, "Pickup: make a bin", () => [root.createBinAction(name, false)]);
  const made = await findBin(ppro, project, name);
  if (!made) throw new Error(`Premiere could not make the bin “${name}”.`);
  return made;
}

async function list(ppro, bin) {
  const found = [];
  for (const item of await ppro.FolderItem.cast(bin).getItems()) {
    found.push({ item, path: await mediaPath(ppro, item) });
  }
  return found;
}

// The raw project items by clip id: the editor's calls refuse a cast one.
async function imported(ppro, project, bin, clips, pause) {
  const find = (items) =>
    new Map(
      clips.flatMap((clip) => {
        const hit = items.find(({ path }) => path && samePath(path, clip.path));
        return hit ? [[clip.id, hit.item]] : [];
      }),
    );
  let found = find(await list(ppro, bin));
  const paths = clips.filter((clip) => !found.has(clip.id)).map((clip) => clip.path);
  if (!paths.length) return found;
  await project.importFiles([...new Set(paths)], true, bin, false);
  // What it returns does not say that the items are there yet.
  for (let look = 0; look < LOOKS; look += 1) {
    found = find(await list(ppro, bin));
    if (found.size === clips.length) break;
    await pause(PAUSE);
  }
  return found;
}

module.exports = { imported, pickupBin, transact };
