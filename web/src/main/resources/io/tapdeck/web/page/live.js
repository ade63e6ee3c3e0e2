// What the server tells by itself, and the rates that follow from it.

import { get } from './api.js';

const RETRY_FIRST = 1000;
const RETRY_LONGEST = 10000;
const KEPT = 600;

/** Without a word for so long (comments come each 15 s), the connection is taken for dead. */
const SILENCE = 40000;

class Live {
  recordings = null;
  replays = null;
  mirrors = null;
  #source = null;
  #retry = RETRY_FIRST;
  #timer = 0;
  #watchdog = 0;
  #listeners = new Set();
  #connection = () => {};
  #history = new Map();

  /** Calls back with each change; at once too, if anything is known. Returns what ends it. */
  subscribe(listener) {
    this.#listeners.add(listener);
    if (this.recordings || this.mirrors) {
      listener();
    }
    return () => this.#listeners.delete(listener);
  }

  onConnection(call) {
    this.#connection = call;
  }

  start() {
    this.stop();
    this.#connect();
  }

  stop() {
    this.#source?.close();
    this.#source = null;
    clearTimeout(this.#timer);
    clearTimeout(this.#watchdog);
    this.recordings = this.replays = this.mirrors = null;
    this.#history.clear();
    this.#retry = RETRY_FIRST;
  }

  #connect() {
    const source = new EventSource('/api/v1/events');
    this.#source = source;
    const heard = () => {
      this.#retry = RETRY_FIRST;
      this.#connection(true);
      clearTimeout(this.#watchdog);
      this.#watchdog = setTimeout(() => this.#lost(source), SILENCE);
    };
    source.onopen = heard;
    for (const name of ['recordings', 'replays', 'mirrors']) {
      source.addEventListener(name, (event) => {
        heard();
        this[name] = JSON.parse(event.data);
        if (name === 'recordings') {
          this.recordings.forEach((recording) => this.#note(recording));
        }
        this.#listeners.forEach((listener) => listener());
      });
    }
    source.addEventListener('alive', heard);
    source.onerror = () => this.#lost(source);
  }

  #lost(source) {
    if (source !== this.#source) {
      return;
    }
    source.close();
    clearTimeout(this.#watchdog);
    this.#connection(false);
    this.#timer = setTimeout(async () => {
      // An ended session looks the same from here: this asks, and leads to the sign-in if it is so.
      await get('/session').catch(() => {});
      if (source === this.#source) {
        this.#connect();
      }
    }, this.#retry);
    this.#retry = Math.min(this.#retry * 2, RETRY_LONGEST);
  }

  /** Shows a recording as the server just answered it, without waiting to be told. */
  learn(recording) {
    if (this.recordings) {
      const others = this.recordings.filter((one) => one.id !== recording.id);
      const at = this.recordings.findIndex((one) => one.id === recording.id);
      others.splice(Math.max(at, 0), 0, recording);
      this.recordings = others;
      this.#listeners.forEach((listener) => listener());
    }
  }

  #note(recording) {
    if (!['recording', 'stopping'].includes(recording.state)) {
      return;
    }
    let history = this.#history.get(recording.id);
    if (!history) {
      history = new History();
      this.#history.set(recording.id, history);
      get(`/recordings/${recording.id}/samples`).then((samples) => {
        history.precede(samples);
        this.#listeners.forEach((listener) => listener());
      }, () => {});
    }
    history.add(recording.figures);
  }

  /** The rates of a recording over the last minutes. */
  history(id) {
    return this.#history.get(id) ?? new History();
  }
}

/** Readings of a recording's counters, and the rates between them. */
class History {
  at = [];
  #received = [];
  #bytes = [];
  #dropped = [];
  packetRates = [];
  bitRates = [];
  dropRates = [];

  add(figures) {
    this.#push(Date.parse(figures.at), figures.received, figures.writtenBytes, figures.droppedKernel + figures.droppedInterface);
  }

  /** Puts earlier readings before those there are. */
  precede(samples) {
    const later = this.at.map((at, i) => [at, this.#received[i], this.#bytes[i], this.#dropped[i]]);
    const from = later.length ? later[0][0] : Infinity;
    for (const list of [this.at, this.#received, this.#bytes, this.#dropped, this.packetRates, this.bitRates, this.dropRates]) {
      list.length = 0;
    }
    samples.at.forEach((at, i) => {
      if (at < from) {
        this.#push(at, samples.received[i], samples.writtenBytes[i], samples.droppedKernel[i] + samples.droppedInterface[i]);
      }
    });
    later.forEach((reading) => this.#push(...reading));
  }

  #push(at, received, bytes, dropped) {
    const last = this.at.length - 1;
    if (!Number.isFinite(at) || (last >= 0 && at <= this.at[last])) {
      return;
    }
    // The first reading has no rate.
    const rate = (now, before, unit) => (last < 0 ? null : (Math.max(0, now - before) * unit) / ((at - this.at[last]) / 1000));
    this.packetRates.push(rate(received, this.#received[last], 1));
    this.bitRates.push(rate(bytes, this.#bytes[last], 8));
    this.dropRates.push(rate(dropped, this.#dropped[last], 1));
    this.at.push(at);
    this.#received.push(received);
    this.#bytes.push(bytes);
    this.#dropped.push(dropped);
    if (this.at.length > KEPT) {
      for (const list of [this.at, this.#received, this.#bytes, this.#dropped, this.packetRates, this.bitRates, this.dropRates]) {
        list.shift();
      }
    }
  }

  get last() {
    const i = this.at.length - 1;
    return i < 1 ? { packets: 0, bits: 0, drops: 0 } : { packets: this.packetRates[i], bits: this.bitRates[i], drops: this.dropRates[i] };
  }
}

export const live = new Live();
