// How many copies a second there are of what, by counters that only rise.

/** A rate is over so long. */
const WINDOW = 4_000;

/** Readings that are further apart have a gap between them, of which nothing is said. */
const GAP = 6_000;

/** Without a change for so long nothing is copied: a change is told within a second or two. */
const STILL = 3_000;

export const tunnelName = ({ from, to }) => `${from} → ${to}`;

export class CopyRates {
  #readings = new Map();

  /** Takes what the counters say now. */
  take(mirrors, at = performance.now()) {
    const counts = new Map([
      ...[...mirrors.services, ...mirrors.flows].map((thing) => [thing.id, thing.copies.delivered]),
      ...mirrors.tunnels.map((tunnel) => [tunnelName(tunnel), tunnel.delivered]),
    ]);
    for (const id of this.#readings.keys()) {
      if (!counts.has(id)) {
        this.#readings.delete(id);
      }
    }
    counts.forEach((count, id) => {
      const known = this.#readings.get(id) ?? [];
      const last = known.at(-1);
      const goesOn = last && at - last.at <= GAP && count >= last.count;
      const kept = goesOn ? known.filter((one, i) => at - one.at <= WINDOW || i === known.length - 1) : [];
      this.#readings.set(id, [...kept, { at, count }]);
    });
  }

  /** Copies a second; null while that is not known. */
  rate(id, now = performance.now()) {
    const readings = this.#readings.get(id) ?? [];
    const [first, last] = [readings[0], readings.at(-1)];
    if (last && now - last.at > STILL) {
      return 0;
    }
    return readings.length < 2 || last.at === first.at ? null : ((last.count - first.count) * 1000) / (last.at - first.at);
  }
}
