"use strict";
// Binds the panel to its few elements. What it does is in panel.js, which is tested without UXP.

const ppro = require("premierepro");
const { host } = require("uxp");
const { Panel } = require("./panel.js");

const TOKEN = "pickup.token";
const element = (id) => document.getElementById(id);

function show(state) {
  element("state").textContent = state.sentence;
  element("send").disabled = !state.connected || state.busy;
  element("pairing").className = state.paired ? "hidden" : "";
  element("unpair").className = state.paired ? "" : "hidden";
  element("said").textContent = state.said;
}

const panel = new Panel({
  ppro,
  WebSocket,
  premiere: host ? host.version : "",
  token: localStorage.getItem(TOKEN) || "",
  onChange: show,
});

element("pair").addEventListener("click", () => {
  const token = element("token").value.trim();
  localStorage.setItem(TOKEN, token);
  element("token").value = "";
  panel.pair(token);
});
element("unpair").addEventListener("click", () => {
  localStorage.removeItem(TOKEN);
  panel.pair("");
});
element("send").addEventListener("click", () => panel.send());

panel.start();
