"use strict";
// Which members the types of Premiere's UXP API have, read from its declarations (d.ts): of a
// method, how many arguments it takes and whether it answers with a promise.

const fs = require("node:fs");

// Where the bracket that opens at `from` closes.
function closing(text, from) {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    if ("([{<".includes(text[at])) depth += 1;
    // The arrow of a function type closes nothing.
    if (")]}>".includes(text[at]) && text[at - 1] !== "=") depth -= 1;
    if (depth === 0) return at;
  }
  throw new Error(`no end of: ${text.slice(from, from + 40)}`);
}

// The parameters of a list, cut at the commas that lie in no bracket.
function parameters(text) {
  const found = [""];
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === ",") {
      found.push("");
    } else if ("([{<".includes(text[at])) {
      const end = closing(text, at);
      found[found.length - 1] += text.slice(at, end + 1);
      at = end;
    } else {
      found[found.length - 1] += text[at];
    }
  }
  return found.map((one) => one.trim()).filter(Boolean);
}

function method(body, from) {
  const end = closing(body, from);
  const list = parameters(body.slice(from + 1, end));
  const needed = list.filter((one) => !/^(\.\.\.)?\w+\?/.test(one));
  const promise = /^\s*:\s*Promise\b/.test(body.slice(end + 1));
  return `${promise ? "async " : ""}${needed.length}-${list.length}`;
}

function members(body) {
  const made = Object.create(null); // `toString` is a member like any other
  for (const match of body.matchAll(/^ {2}(?:readonly )?(\w+)\??\s*([(:])/gm)) {
    const [whole, name, mark] = match;
    // Of overloads the first counts.
    if (name in made) continue;
    made[name] = mark === "(" ? method(body, match.index + whole.length - 1) : "value";
  }
  return Object.fromEntries(Object.entries(made).sort(([a], [b]) => (a < b ? -1 : 1)));
}

// {type: {member: "async 1-4"}} of `export declare type X = {...}`, "value" of what is no method;
// and of the enums.
function parse(text) {
  const bare = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/= \{\};/g, "= {\n};");
  const types = {};
  for (const [, name, body] of bare.matchAll(/export declare type (\w+) = \{([\s\S]*?)\n\};/g)) {
    types[name] = members(body);
  }
  for (const [, name, body] of bare.matchAll(/export enum (\w+) \{([\s\S]*?)\}/g)) {
    const values = [...body.matchAll(/(\w+)/g)].map((match) => match[1]).sort();
    types[`Constants.${name}`] = Object.fromEntries(values.map((value) => [value, "value"]));
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
