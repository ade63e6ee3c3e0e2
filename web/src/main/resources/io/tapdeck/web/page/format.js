// Numbers and times as people read them, with their units; and what people write, read.

const whole = new Intl.NumberFormat('en-US');
const BINARY = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
const DECIMAL = ['', 'k', 'M', 'G', 'T'];

export const count = (n) => whole.format(n ?? 0);

export const plural = (n, one, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;

function scaled(n, step, units) {
  let value = n;
  let unit = 0;
  // 999.6 would be written 1000.
  while (Math.abs(value) >= step - 0.5 && unit < units.length - 1) {
    value /= step;
    unit++;
  }
  const digits = unit === 0 || Math.abs(value) >= 99.95 ? 0 : Math.abs(value) >= 9.995 ? 1 : 2;
  return [value.toFixed(digits), units[unit]];
}

/** 1536 -> "1.50 KiB" */
export function bytes(n) {
  const [value, unit] = scaled(n ?? 0, 1024, BINARY);
  return `${value} ${unit}`;
}

/** 12345 -> "12.3 kpps" */
export function packetRate(n) {
  const few = n > 0 && n < 9.95;
  const [value, unit] = few ? [n.toFixed(1), ''] : scaled(n ?? 0, 1000, DECIMAL);
  return `${value} ${unit}pps`;
}

/** 12345 -> "12.3 kbit/s" */
export function bitRate(n) {
  const [value, unit] = scaled(n ?? 0, 1000, DECIMAL);
  return `${value} ${unit}bit/s`;
}

/** A UTC time to the second: "2026-11-25 20:46:04". */
export function time(text) {
  return text ? text.replace('T', ' ').replace(/(\.\d+)?Z$/, '') : '–';
}

export const localTime = (text) => (text ? `${new Date(text).toLocaleString()} local time` : '');

/** 93784 -> "1 d 2 h" */
export function span(seconds) {
  if (!Number.isFinite(seconds) || seconds < 0) {
    return '–';
  }
  if (seconds < 9.95 && !Number.isInteger(seconds)) {
    return `${seconds.toFixed(seconds < 0.9995 ? 3 : 1)} s`;
  }
  if (seconds === 0) {
    return '0 s';
  }
  const rounded = Math.round(seconds);
  const parts = [
    [Math.floor(rounded / 86400), 'd'],
    [Math.floor(rounded / 3600) % 24, 'h'],
    [Math.floor(rounded / 60) % 60, 'min'],
    [rounded % 60, 's'],
  ];
  const first = parts.findIndex(([n]) => n > 0);
  return parts
    .slice(first, first + 2)
    .filter(([n], index) => n > 0 || index === 0)
    .map(([n, unit]) => `${n} ${unit}`)
    .join(' ');
}

/** 131.072 -> "131 µs", of microseconds */
export function micros(n) {
  const [value, unit] = n < 999.5 ? [n, 'µs'] : n < 999_500 ? [n / 1e3, 'ms'] : [n / 1e6, 's'];
  return `${value < 9.95 ? Number(value.toFixed(1)) : Math.round(value)} ${unit}`;
}

export const between = (from, to) => (from && to ? (Date.parse(to) - Date.parse(from)) / 1000 : NaN);

/** "PT1H30M" -> 5400 */
export function durationSeconds(text) {
  const m = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?$/.exec(text ?? '');
  return m ? (m[1] ?? 0) * 86400 + (m[2] ?? 0) * 3600 + (m[3] ?? 0) * 60 + Number(m[4] ?? 0) : NaN;
}

/** "500ms", "90s", "5 min", "2h", "1d" -> "PT90S"; throws what to tell the person. */
export function parseDuration(text) {
  const m = /^\s*(\d+(?:\.\d+)?)\s*(ms|s|sec|m|min|h|d)\s*$/i.exec(text);
  const unit = m && { ms: 0.001, s: 1, sec: 1, m: 60, min: 60, h: 3600, d: 86400 }[m[2].toLowerCase()];
  const seconds = m ? Number((m[1] * unit).toFixed(3)) : 0;
  if (!(seconds > 0)) {
    throw new Error('Give a time above 0 with its unit, like 30s, 5m, 2h or 7d.');
  }
  return `PT${seconds}S`;
}

/** "2026-07-01 12:00" -> "2026-07-01T12:00:00Z"; an offset may follow; throws what to tell the person. */
export function parseMoment(text) {
  const m = /^\s*(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?\s*(Z|[+-]\d\d:\d\d)?\s*$/.exec(text);
  if (!m || Number.isNaN(Date.parse(`${m[1]}T${m[2]}${m[3] ?? ':00'}Z`))) {
    throw new Error('Give a moment in UTC, like 2026-07-01 12:00, or with its offset, 2026-07-01 14:00+02:00.');
  }
  return `${m[1]}T${m[2]}${m[3] ?? ':00'}${m[4] ?? 'Z'}`;
}

/** "6:00" -> "06:00"; throws what to tell the person. */
export function parseClock(text) {
  const m = /^\s*(\d{1,2}):([0-5]\d)(:[0-5]\d)?\s*$/.exec(text);
  if (!m || Number(m[1]) > 23) {
    throw new Error('Give a time of day, like 06:00 or 22:30.');
  }
  return `${m[1].padStart(2, '0')}:${m[2]}${m[3] ?? ''}`;
}

/** "64MiB", "1.5 GiB", "10GB" -> bytes; throws what to tell the person. */
export function parseSize(text) {
  const m = /^\s*(\d+(?:\.\d+)?)\s*(?:([kmgtp])(i?)b?|b)\s*$/i.exec(text);
  const size = m ? Math.round(m[1] * (m[3] ? 1024 : 1000) ** (m[2] ? ' kmgtp'.indexOf(m[2].toLowerCase()) : 0)) : 0;
  if (!(size > 0) || !Number.isSafeInteger(size)) {
    throw new Error('Give a size above 0 with its unit, like 64MiB or 1GiB.');
  }
  return size;
}

/** "500Mbit", "1.5 Gbit/s" -> bits a second; throws what to tell the person. */
export function parseBitRate(text) {
  const m = /^\s*(\d+(?:\.\d+)?)\s*([kmgt]?)(?:bit(?:\/s)?|bps)\s*$/i.exec(text);
  const rate = m ? Math.round(m[1] * 1000 ** (m[2] ? ' kmgt'.indexOf(m[2].toLowerCase()) : 0)) : 0;
  if (!(rate > 0) || !Number.isSafeInteger(rate)) {
    throw new Error('Give a rate above 0 with its unit, like 500Mbit or 1Gbit.');
  }
  return rate;
}

/** 1536 -> "1.5KiB", 1000 -> "1000B": what parseSize reads as the same; empty for null. */
export function writeSize(n) {
  const power = n ? BINARY.findLastIndex((_, i) => n >= 1024 ** i && Number.isInteger((n / 1024 ** i) * 1000)) : 0;
  return n ? `${n / 1024 ** power}${BINARY[power]}` : '';
}

/** 5400 -> "90m": what parseDuration reads as the same; empty for none. */
export function writeDuration(seconds) {
  const [size, unit] = [[86400, 'd'], [3600, 'h'], [60, 'm']].find(([size]) => seconds % size === 0) ?? [1, 's'];
  return seconds > 0 ? `${seconds / size}${unit}` : '';
}

/** "1,000" -> 1000; throws what to tell the person. */
export function parseCount(text) {
  const plain = text.replace(/[\s,_']/g, '');
  if (!/^[1-9]\d{0,14}$/.test(plain)) {
    throw new Error('Give a whole number of 1 or more.');
  }
  return Number(plain);
}

/** "10" or "10%" -> 10; throws what to tell the person. */
export function parsePercent(text) {
  const m = /^\s*([1-9]\d?)\s*%?\s*$/.exec(text);
  if (!m) {
    throw new Error('Give a percentage from 1 to 99.');
  }
  return Number(m[1]);
}

/** "1.5" -> 1.5; throws what to tell the person. */
export function parseAmount(text) {
  const amount = /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : 0;
  if (!(amount > 0) || !Number.isFinite(amount)) {
    throw new Error('Give a number above 0.');
  }
  return amount;
}
