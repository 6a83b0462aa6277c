"use strict";
// The line to Pickup: dials the loopback ports one after the other until Pickup answers.

const PROTOCOLS = [1, 2];
const PORTS = [47281, 47282, 47283];
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 15000;
// After these the same hello would be refused again: a person has to act first.
const FINAL_CODES = new Set([4401, 4426]);

function addresses(ports) {
  return ports.flatMap((port) => [`ws://127.0.0.1:${port}`, `ws://localhost:${port}`]);
}

class Link {
  // onMessage gets every message but the welcome; onState gets {connected, sentence, final}.
  constructor({
    WebSocket,
    token,
    premiere,
    onMessage,
    onState,
    ports = PORTS,
    later = setTimeout,
  }) {
    Object.assign(this, { WebSocket, token, premiere, onMessage, onState, later });
    this.addresses = addresses(ports);
    this.next = 0;
    this.pause = FIRST_PAUSE;
    this.socket = null;
    this.welcome = null;
    this.ended = false;
    this.final = false;
  }

  dial() {
    if (this.ended) return;
    let socket;
    try {
      socket = new this.WebSocket(this.addresses[this.next]);
    } catch (error) {
      this.lost(null, "");
      return;
    }
    this.socket = socket;
    socket.onopen = () => this.greet(socket);
    socket.onmessage = (event) => this.hear(socket, event.data);
    socket.onerror = () => {};
    socket.onclose = (event) => this.lost(socket, event);
  }

  greet(socket) {
    const hello = { type: "hello", protocols: PROTOCOLS, token: this.token };
    socket.send(JSON.stringify({ ...hello, panel: "0.1.0", premiere: this.premiere }));
  }

  hear(socket, data) {
    if (socket !== this.socket) return;
    const message = JSON.parse(data);
    if (message.type === "welcome") {
      this.welcome = message;
      this.pause = FIRST_PAUSE;
      this.onState({ connected: true, sentence: "Connected to Pickup.", final: false });
    } else if (message.type === "refused") {
      this.reason = message.reason;
    } else if (this.welcome) {
      this.onMessage(message);
    }
  }

  lost(socket, event) {
    if (socket !== null && socket !== this.socket) return;
    this.socket = null;
    const was = this.welcome !== null;
    this.welcome = null;
    if (this.ended) return;
    this.final = Boolean(event) && FINAL_CODES.has(event.code);
    const sentence =
      this.reason || (was ? "Pickup has gone; looking for it." : "Looking for Pickup.");
    this.reason = "";
    this.onState({ connected: false, sentence, final: this.final });
    if (this.final) return;
    this.next = was ? this.next : (this.next + 1) % this.addresses.length;
    // A round through all addresses is quick; the pause is between rounds.
    const pause = this.next === 0 || was ? this.pause : 0;
    if (this.next === 0) this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
    this.later(() => this.dial(), pause);
  }

  // Whether it could be sent; what was not is asked for by Pickup when the line is back.
  say(message) {
    if (!this.welcome || !this.socket) return false;
    try {
      this.socket.send(JSON.stringify(message));
      return true;
    } catch (error) {
      return false;
    }
  }

  end() {
    this.ended = true;
    if (this.socket) this.socket.close();
    this.socket = null;
    this.welcome = null;
  }
}

module.exports = { Link, PORTS, PROTOCOLS };
