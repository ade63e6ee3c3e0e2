// The rates of a recording: what its counters rose by, a second.

/** Readings come twice a second; so many are kept, as by the server. */
const KEPT = 600;

/** A point of a chart is the rate over so long, so that readings that jitter do not make waves. */
const POINT = 900;

/** What is written as "now" is the rate over so long. */
const NOW = 2_400;

/** Two readings that are further apart than this have a gap between them. */
const GAP = 5_000;

export class Rates {
  #readings = [];
  #points = null;

  /** Takes the figures of a recording, if they are newer than the last. */
  add(figures) {
    this.#push({
      at: Date.parse(figures.at),
      packets: figures.received,
      bytes: figures.writtenBytes,
      drops: figures.droppedKernel + figures.droppedInterface,
    });
  }

  /** Takes the readings that the server kept. */
  fill(samples) {
    const ours = this.#readings;
    this.#readings = [];
    this.#points = null;
    samples.at.forEach((at, i) => this.#push({
      at,
      packets: samples.received[i],
      bytes: samples.writtenBytes[i],
      drops: samples.droppedKernel[i] + samples.droppedInterface[i],
    }));
    ours.forEach((reading) => this.#push(reading));
  }

  #push(reading) {
    const last = this.#readings.at(-1);
    if (!Number.isFinite(reading.at) || (last && reading.at <= last.at)) {
      return;
    }
    this.#readings.push(reading);
    if (this.#readings.length > KEPT) {
      this.#readings.shift();
    }
    this.#points = null;
  }

  /** Whether there is no gap before a reading. */
  #follows(i) {
    return i > 0 && this.#readings[i].at - this.#readings[i - 1].at <= GAP;
  }

  /** The rate at a reading: since the nearest one that is a window before it. */
  #at(i, window) {
    const now = this.#readings[i];
    let from = i - 1;
    if (!this.#follows(i)) {
      return null;
    }
    while (now.at - this.#readings[from].at < window && this.#follows(from)) {
      from--;
    }
    const before = this.#readings[from];
    const seconds = (now.at - before.at) / 1000;
    const rise = (name) => Math.max(0, now[name] - before[name]) / seconds;
    return { packets: rise('packets'), bits: rise('bytes') * 8, drops: rise('drops') };
  }

  /** For charts: times in seconds, and the rates at them; null where they are not known. */
  get points() {
    if (!this.#points) {
      const rates = this.#readings.map((reading, i) => this.#at(i, POINT));
      const column = (name) => rates.map((rate) => (rate ? rate[name] : null));
      this.#points = {
        at: this.#readings.map((reading) => reading.at / 1000),
        packets: column('packets'),
        bits: column('bits'),
        drops: column('drops'),
      };
    }
    return this.#points;
  }

  get now() {
    return this.#at(this.#readings.length - 1, NOW) ?? { packets: 0, bits: 0, drops: 0 };
  }
}
