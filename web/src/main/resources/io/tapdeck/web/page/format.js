// Numbers and times as people read them, with their units.

const whole = new Intl.NumberFormat('en-US');
const BINARY = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
const DECIMAL = ['', 'k', 'M', 'G', 'T'];

export const count = (n) => whole.format(n ?? 0);

export const plural = (n, one, many) => `${count(n)} ${n === 1 ? one : many}`;

function scaled(n, step, units) {
  let value = n;
  let unit = 0;
  while (Math.abs(value) >= step && unit < units.length - 1) {
    value /= step;
    unit++;
  }
  const digits = unit === 0 || Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return [value.toFixed(digits), units[unit]];
}

/** 1536 -> "1.50 KiB" */
export function bytes(n) {
  const [value, unit] = scaled(n ?? 0, 1024, BINARY);
  return `${value} ${unit}`;
}

/** 12345 -> "12.3 kpps" */
export function packetRate(n) {
  const [value, unit] = scaled(n ?? 0, 1000, DECIMAL);
  return `${value} ${unit}pps`;
}

export function bitRate(n) {
  const [value, unit] = scaled(n ?? 0, 1000, DECIMAL);
  return `${value} ${unit}bit/s`;
}

/** A UTC time to the second; the local one is in the title. */
export function time(text) {
  return text ? text.replace('T', ' ').replace(/(\.\d+)?Z$/, '') : '–';
}

export const localTime = (text) => (text ? new Date(text).toLocaleString() + ' local time' : '');

/** 93784 -> "1 d 2 h" */
export function span(seconds) {
  if (!Number.isFinite(seconds) || seconds < 0) {
    return '–';
  }
  if (seconds < 10) {
    return `${seconds.toFixed(seconds < 1 ? 3 : 1)} s`;
  }
  const parts = [
    [Math.floor(seconds / 86400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [Math.floor(seconds) % 60, 's'],
  ];
  const first = parts.findIndex(([n]) => n > 0);
  return parts
    .slice(first, first + 2)
    .filter(([n], index) => n > 0 || index === 0)
    .map(([n, unit]) => `${n} ${unit}`)
    .join(' ');
}

export const between = (from, to) => (from && to ? (Date.parse(to) - Date.parse(from)) / 1000 : NaN);

/** "PT1H30M" -> seconds */
export function durationSeconds(text) {
  const m = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?$/.exec(text ?? '');
  return m ? (m[1] ?? 0) * 86400 + (m[2] ?? 0) * 3600 + (m[3] ?? 0) * 60 + Number(m[4] ?? 0) : NaN;
}

/** "90s", "5 min", "2h", "1d" -> "PT90S"; throws what to tell the person. */
export function parseDuration(text) {
  const m = /^\s*(\d+(?:\.\d+)?)\s*(s|sec|m|min|h|d)\s*$/i.exec(text);
  if (!m) {
    throw new Error('give a time like 30s, 5m, 2h or 7d');
  }
  const unit = { s: 1, sec: 1, m: 60, min: 60, h: 3600, d: 86400 }[m[2].toLowerCase()];
  return `PT${Number((m[1] * unit).toFixed(3))}S`;
}

/** "64MiB", "1.5 GiB", "10GB" -> bytes; throws what to tell the person. */
export function parseSize(text) {
  const m = /^\s*(\d+(?:\.\d+)?)\s*([kmgt]?)(i?)b?\s*$/i.exec(text);
  if (!m || (m[3] && !m[2])) {
    throw new Error('give a size like 64MiB or 1GiB');
  }
  const step = m[3] ? 1024 : 1000;
  return Math.round(m[1] * step ** ' kmgt'.indexOf(m[2].toLowerCase() || ' '));
}

export function parseCount(text) {
  if (!/^\s*[1-9]\d{0,14}\s*$/.test(text)) {
    throw new Error('give a whole number of 1 or more');
  }
  return Number(text);
}
