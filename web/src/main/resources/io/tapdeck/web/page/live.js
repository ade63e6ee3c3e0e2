// What the server tells by itself: recordings, replays and mirrors, as they are now.

import { get } from './api.js';
import { hearEvents } from './events.js';
import { Rates } from './rates.js';

const RETRY = { first: 1_000, longest: 15_000 };

/** A page that nobody has looked at for so long gives its connection back; browsers have but six. */
const UNSEEN = 60_000;

/** What was told within this time after something was made here may have been said before it was. */
const LATE = 3_000;

const KINDS = ['recordings', 'replays', 'mirrors'];

class Live {
  recordings = null;
  replays = null;
  mirrors = null;
  #end = null;
  #wake = () => {};
  #listeners = new Set();
  #connection = () => {};
  #rates = new Map();
  #made = new Map();
  #gone = new Set();

  /** Calls back at each change, and at once if anything is known. Returns what ends it. */
  subscribe(listener) {
    this.#listeners.add(listener);
    if (KINDS.some((kind) => this[kind])) {
      listener();
    }
    return () => this.#listeners.delete(listener);
  }

  /** Calls back with {connected, problem, retryAt} whenever that changes. */
  onConnection(call) {
    this.#connection = call;
  }

  start() {
    this.stop();
    const end = new AbortController();
    this.#end = end;
    this.#run(end.signal);
  }

  stop() {
    this.#end?.abort();
    this.#end = null;
    this.recordings = this.replays = this.mirrors = null;
    this.#rates.clear();
    this.#made.clear();
    this.#gone.clear();
  }

  /** Tries again now, not when the time has come. */
  retry() {
    this.#wake();
  }

  async #run(signal) {
    let pause = RETRY.first;
    let last = '';
    while (!signal.aborted) {
      const seen = sight(signal);
      let problem = 'Tapdeck has ended the connection.';
      try {
        await hearEvents('/events', seen.signal, (kind, told, id) => {
          pause = RETRY.first;
          last = id || last;
          this.#connection({ connected: true });
          this.#take(kind, told);
        }, last);
      } catch (failed) {
        problem = failed.message;
      }
      if (!seen.lost) {
        seen.end();
      }
      if (signal.aborted) {
        return;
      }
      this.#rates.forEach((rates) => { rates.filled = false; });
      if (seen.lost) {
        await seen.again;
        continue;
      }
      this.#connection({ connected: false, problem, retryAt: Date.now() + pause });
      await this.#sleep(pause);
      pause = Math.min(pause * 2, RETRY.longest);
      if (!signal.aborted) {
        // An ended session looks the same from here: this asks, and leads to the sign-in if it is so.
        this.#connection({ connected: false, problem, retryAt: 0 });
        await get('/session').catch(() => {});
      }
    }
  }

  #sleep(millis) {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        removeEventListener('online', done);
        this.#wake = () => {};
        resolve();
      };
      const timer = setTimeout(done, millis);
      addEventListener('online', done);
      this.#wake = done;
    });
  }

  #take(kind, told) {
    if (!KINDS.includes(kind)) {
      return;
    }
    this[kind] = kind === 'mirrors' ? told : this.#inTime(kind, told);
    if (kind === 'recordings') {
      this.recordings.forEach((recording) => this.#note(recording));
    }
    this.#tell();
  }

  /** With what was made here, and without what was deleted here, since it was said. */
  #inTime(kind, told) {
    const ids = new Set(told.map((one) => one.id));
    const missing = [];
    for (const [id, made] of this.#made) {
      if (ids.has(id) || Date.now() - made.when > LATE) {
        this.#made.delete(id);
      } else if (made.kind === kind && !this.#gone.has(id)) {
        missing.push(made.thing);
      }
    }
    return [...missing, ...told.filter((one) => !this.#gone.has(one.id))];
  }

  #tell() {
    this.#listeners.forEach((listener) => listener());
  }

  /** Shows what the server just answered, if it did, without waiting to be told. */
  learn(kind, thing) {
    if (this[kind] && thing) {
      const at = this[kind].findIndex((one) => one.id === thing.id);
      if (at < 0) {
        this.#made.set(thing.id, { kind, thing, when: Date.now() });
      }
      this[kind] = at < 0 ? [thing, ...this[kind]] : this[kind].with(at, thing);
      this.#tell();
    }
  }

  forget(kind, id) {
    if (this[kind]) {
      this.#gone.add(id);
      this[kind] = this[kind].filter((one) => one.id !== id);
      this.#tell();
    }
  }

  #note(recording) {
    if (recording.state !== 'recording' && recording.state !== 'stopping') {
      return;
    }
    const rates = this.rates(recording.id);
    this.#rates.set(recording.id, rates);
    rates.add(recording.figures);
    if (!rates.filled) {
      rates.filled = true;
      get(`/recordings/${recording.id}/samples`).then((samples) => {
        rates.fill(samples);
        this.#tell();
      }, () => { rates.filled = false; });
    }
  }

  /** The rates of a recording in the last minutes. */
  rates(id) {
    return this.#rates.get(id) ?? new Rates();
  }
}

/**
 * A signal that also comes when nobody has looked at the page for long; `lost` is true then, and
 * `again` is kept when somebody looks at it again.
 */
function sight(signal) {
  const away = new AbortController();
  const back = Promise.withResolvers();
  let timer = 0;
  const seen = {
    lost: false,
    signal: AbortSignal.any([signal, away.signal]),
    again: back.promise,
    end() {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', look);
      back.resolve();
    },
  };
  function look() {
    clearTimeout(timer);
    if (document.visibilityState === 'hidden') {
      timer = setTimeout(() => {
        seen.lost = true;
        away.abort();
      }, UNSEEN);
    } else if (seen.lost) {
      seen.end();
    }
  }
  document.addEventListener('visibilitychange', look);
  signal.addEventListener('abort', () => seen.end(), { once: true });
  look();
  return seen;
}

export const live = new Live();
