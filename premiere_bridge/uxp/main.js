"use strict";
// Binds the panel to its few elements. What it does is in panel.js, which is tested without UXP.

const ppro = require("premierepro");
const { host } = require("uxp");
const { Panel } = require("./panel.js");

const TOKEN = "pickup.token";
const element = (id) => document.getElementById(id);
const hide = (id, hidden) => element(id).classList.toggle("hidden", hidden);

function show(state) {
  element("state").textContent = state.sentence;
  element("lamp").className = state.connected ? "good" : state.paired ? "wait" : "bad";
  element("send").disabled = !state.connected || state.busy;
  element("said").textContent = state.said;
  hide("pairing", state.paired);
  hide("unpair", !state.paired);
  hide("work", !state.paired);
  hide("help", !state.connected || Boolean(state.said));
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

panel.start();
