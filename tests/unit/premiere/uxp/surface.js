"use strict";
// Which members the types of Premiere's UXP API have, read from its declarations (d.ts).

const fs = require("node:fs");

// {type: [members]} of `export declare type X = {...}` and of the enums in Constants.
function parse(text) {
  const bare = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/= \{\};/g, "= {\n};");
  const types = {};
  for (const [, name, body] of bare.matchAll(/export declare type (\w+) = \{([\s\S]*?)\n\};/g)) {
    const members = [...body.matchAll(/^ {2}(?:readonly )?(\w+)\??\s*[(:]/gm)].map((m) => m[1]);
    types[name] = [...new Set(members)].sort();
  }
  for (const [, name, body] of bare.matchAll(/export enum (\w+) \{([\s\S]*?)\}/g)) {
    types[`Constants.${name}`] = [...body.matchAll(/(\w+)/g)].map((m) => m[1]).sort();
  }
  return types;
}

// The declarations, where somebody has put them: `npm pack @adobe/premierepro` and unpack.
function declarations() {
  const places = [
    process.env.PREMIEREPRO_TYPES,
    `${__dirname}/node_modules/@adobe/premierepro/src/premierepro.d.ts`,
  ];
  const path = places.find((place) => place && fs.existsSync(place));
  return path ? parse(fs.readFileSync(path, "utf8")) : null;
}

module.exports = { declarations, parse };
