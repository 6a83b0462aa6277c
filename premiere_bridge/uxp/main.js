"use strict";
// Binds the panel to its few elements. What it does is in panel.js, which is tested without UXP.

const ppro = require("premierepro");
const { host } = require("uxp");
const { Panel } = require("./panel.js");

const TOKEN = "pickup.token";
const element = (id) => document.getElementById(id);
const hide = (id, hidden) => element(id).classList.toggle("hidden", hidden);

// What a press of "Place" would do, line by line: the press is the consent to it.
function showOffer({ offers, offer, connected, busy }) {
  const takes = offer ? offer.takes : [];
  hide("offer", !offers);
  hide("into", !offer);
  element("into").textContent = offer ? `Onto “${offer.name}”, ${offer.track}:` : "";
  element("takes").textContent = "";
  for (const { take, where, frames, instead } of takes) {
    const line = document.createElement("p");
    const more = instead ? `, instead of ${instead}` : "";
    line.setAttribute("role", "listitem");
    line.textContent = `${where}  ${take}, ${frames === 1 ? "1 frame" : `${frames} frames`}${more}`;
    element("takes").appendChild(line);
  }
  const count = takes.length === 1 ? "1 take" : `${takes.length} takes`;
  element("place").textContent = offer ? `Place ${count}` : "Place takes";
  element("place").disabled = !offer || !connected || busy;
}

function show(state) {
  element("state").textContent = state.sentence;
  element("lamp").className = state.connected ? "good" : state.paired ? "wait" : "bad";
  element("send").disabled = !state.connected || state.busy;
  element("said").textContent = state.said;
  showOffer(state);
  hide("pairing", state.paired);
  hide("unpair", !state.paired);
  hide("work", !state.paired);
  hide("help", !state.connected || Boolean(state.said) || Boolean(state.offer));
}

const panel = new Panel({
  ppro,
  WebSocket,
  premiere: host ? host.version : "",
  token: localStorage.getItem(TOKEN) || "",
  onChange: show,
});

function pair() {
  const token = element("token").value.trim();
  if (!token) return;
  localStorage.setItem(TOKEN, token);
  element("token").value = "";
  element("pair").disabled = true;
  panel.pair(token);
}

element("pair").addEventListener("click", pair);
element("token").addEventListener("input", () => {
  element("pair").disabled = !element("token").value.trim();
});
element("token").addEventListener("keydown", (event) => {
  if (event.key === "Enter") pair();
});
element("unpair").addEventListener("click", () => {
  localStorage.removeItem(TOKEN);
  panel.pair("");
});
element("send").addEventListener("click", () => panel.send());
element("place").addEventListener("click", () => panel.place());

panel.start();
