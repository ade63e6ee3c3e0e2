// Time on the page, in milliseconds since 1970, UTC: the ticks of an axis, and what fields hold.

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Steps between ticks that people count in. */
const STEPS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, SECOND, 2 * SECOND, 5 * SECOND, 10 * SECOND, 15 * SECOND, 30 * SECOND,
  MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR,
  DAY, 2 * DAY, 7 * DAY, 14 * DAY, 30 * DAY, 90 * DAY, 365 * DAY, 730 * DAY, 3650 * DAY,
];

/** Nothing is seen closer than this. */
export const CLOSEST = 10;

const day = (millis) => new Date(millis).toISOString().slice(0, 10);

const clock = (millis, step) => new Date(millis).toISOString().slice(11, step < SECOND ? 23 : step < MINUTE ? 19 : 16);

/** Ticks between two times, no more than so many: where they are, and what they say. */
export function ticks({ from, to }, most) {
  const step = STEPS.find((one) => (to - from) / one <= most) ?? STEPS.at(-1);
  const found = [];
  let before = '';
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) {
    const date = day(at);
    found.push({ at, text: step >= DAY ? date : clock(at, step), date: date === before || step >= DAY ? '' : date });
    before = date;
  }
  return found;
}

/** What a field for a date and a time holds, to the millisecond. */
export const toField = (millis) => new Date(millis).toISOString().slice(0, 23).replace('T', ' ');

/** The time that such a field holds, NaN if none. */
export function ofField(text) {
  const m = /^\s*(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)\s*Z?\s*$/.exec(text);
  return m ? Date.parse(`${m[1]}T${m[2]}Z`) : NaN;
}

/** As the server is asked. */
export const toQuery = ({ from, to }) => `from=${new Date(from).toISOString()}&to=${new Date(to).toISOString()}`;

/** Whole milliseconds around two of the server's times: the last frame is in them. */
export const around = (first, last) => ({ from: Date.parse(first), to: Math.max(Date.parse(last) + 1, Date.parse(first) + CLOSEST) });
