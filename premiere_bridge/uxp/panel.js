"use strict";
// The panel without its window: pairs, keeps the line, and does what Pickup or a button asks for.

const { Link } = require("./link.js");
const { activeSequence, send } = require("./timeline.js");
const { check, place, unknown } = require("./place.js");

// The first protocol in which Pickup says what can be placed.
const OFFERS = 2;

class Panel {
  constructor({ ppro, WebSocket, premiere, token, onChange, linkOptions = {}, pause }) {
    Object.assign(this, { ppro, WebSocket, premiere, token, onChange, linkOptions, pause });
    this.link = null;
    this.connected = false;
    this.waiting = 0;
    this.sentence = "";
    this.said = "";
    this.offer = null;
    this.queue = Promise.resolve();
  }

  start() {
    this.pair(this.token);
  }

  // From the press of a button on: a second press must find it off.
  get busy() {
    return this.waiting > 0;
  }

  // A new token, or none to stop.
  pair(token) {
    if (this.link) this.link.end();
    this.token = token;
    this.link = null;
    this.connected = false;
    this.offer = null;
    this.sentence = token ? "Looking for Pickup." : "Not paired with Pickup.";
    this.changed();
    if (!token) return;
    this.link = new Link({
      WebSocket: this.WebSocket,
      token,
      premiere: this.premiere,
      onMessage: (message) => this.heard(message),
      onState: (state) => this.lineChanged(state),
      ...this.linkOptions,
    });
    this.link.dial();
  }

  lineChanged(state) {
    this.connected = state.connected;
    this.offer = null;
    this.sentence = state.sentence;
    this.refused = state.final;
    this.changed();
  }

  changed() {
    const { connected, busy, sentence, said, offer } = this;
    const welcome = this.link && this.link.welcome;
    this.onChange({
      offers: Boolean(welcome) && welcome.protocol >= OFFERS,
      offer,
      connected,
      busy,
      sentence,
      said,
      paired: Boolean(this.token) && !this.refused,
    });
  }

  heard(message) {
    if (message.type === "check") {
      this.work("Looking at the sequence.", () => this.answer(message, check(this.ppro, message)));
    }
    if (message.type === "ready") {
      this.offer = message.takes.length ? message : null;
      this.changed();
    }
    if (message.type === "trouble") {
      this.said = message.reason;
      this.changed();
    }
    if (message.type === "place") {
      const progress = (said) => this.link && this.link.say(said);
      const count = message.clips.length;
      this.work(`Placing ${count === 1 ? "a clip" : `${count} clips`}.`, () =>
        this.answer(message, place(this.ppro, message, progress, this.pause)),
      );
    }
  }

  // One thing after another: two edits at once would look for the same empty track.
  work(what, task) {
    this.waiting += 1;
    this.changed();
    this.queue = this.queue.then(async () => {
      this.said = what;
      this.changed();
      try {
        await task();
      } finally {
        this.waiting -= 1;
        this.changed();
      }
    });
    return this.queue;
  }

  async answer(order, outcome) {
    let message;
    try {
      message = await outcome;
    } catch (error) {
      // A check that failed says nothing of the clips; a placing that threw has placed none.
      const clips = order.type === "check" ? unknown(order.clips, "") : [];
      message = { type: "report", job: order.job, clips, reason: error.message };
    }
    const placed = message.clips.filter((clip) => clip.state === "placed").length;
    this.said = message.reason || `${placed} of ${order.clips.length} clips stand in the sequence.`;
    if (this.link) this.link.say(message);
  }

  // Has Pickup place what is listed. An offer is used once: a second press finds none.
  place() {
    const { offer } = this;
    if (!offer || this.busy) return this.queue;
    return this.work("Asking Pickup to place.", async () => {
      try {
        const { sequence } = await activeSequence(this.ppro);
        if (sequence.guid.toString() !== offer.sequence) {
          throw new Error(`These takes are for “${offer.name}”; open it and place again.`);
        }
        if (this.offer !== offer) {
          throw new Error("What can be placed has changed; look at the list and place again.");
        }
        if (!this.link.say({ type: "wanted", offer: offer.offer })) {
          throw new Error("Pickup is not connected; nothing was placed.");
        }
        this.offer = null;
        this.said = "Pickup is preparing the takes.";
      } catch (error) {
        this.said = error.message;
      }
    });
  }

  send() {
    return this.work("Sending the timeline.", async () => {
      try {
        const to = this.link && this.link.welcome && this.link.welcome.folder;
        if (!to) throw new Error("Pickup has named no exchange folder yet.");
        const sent = await send(this.ppro, to);
        if (!this.link || !this.link.say(sent)) {
          throw new Error("The timeline is in the exchange folder, but Pickup is not connected.");
        }
        this.said = `Sent “${sent.sequence.name}”.`;
      } catch (error) {
        this.said = error.message;
        if (this.link) this.link.say({ type: "trouble", reason: error.message });
      }
    });
  }
}

module.exports = { Panel };
