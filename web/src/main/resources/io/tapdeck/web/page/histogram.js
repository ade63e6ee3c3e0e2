// How far packets were from the time that they were due: drawn, and as a table.

import { h, replace, s, setNote } from './dom.js';
import { count, micros } from './format.js';

/** In pixels, as the style sheet has it. */
const HEIGHT = 168;
const FOOT = 24;
const HEAD = 18;

/** Of a bar of few errors beside one of many, so that it is still seen. */
const LOWEST = 2;

/** So many bounds are written below the bars. */
const TICKS = 5;

const percent = (part) => `${(part * 100).toFixed(3)}%`;

/** Where an error is drawn, from 0 to 1: buckets are twice as wide each, and the first begins at 0. */
function place(error, buckets) {
  const first = buckets[0].belowMicros;
  const at = error < first ? error / first : 1 + Math.log2(error / first);
  return Math.min(1, at / buckets.length);
}

function bars(buckets) {
  const most = Math.max(...buckets.map((one) => one.count), 1);
  const high = HEIGHT - FOOT - HEAD;
  return buckets.map((one, i) => {
    const height = one.count && Math.max(LOWEST, (one.count / most) * high);
    return s('rect', { class: 'bar', x: percent((i + 0.06) / buckets.length), width: percent(0.88 / buckets.length), y: HEIGHT - FOOT - height, height });
  });
}

function ticks(buckets) {
  const step = Math.ceil(buckets.length / TICKS);
  return buckets.map((one, i) => [i + 1, one]).filter(([n]) => n % step === 0).map(([n, one]) =>
    s('text', { x: percent(n / buckets.length), y: HEIGHT - 7, 'text-anchor': n === buckets.length ? 'end' : 'middle' }, micros(one.belowMicros)));
}

function mark(name, error, buckets) {
  const at = place(error, buckets);
  return [
    s('line', { class: 'mark', x1: percent(at), x2: percent(at), y1: HEAD - 4, y2: HEIGHT - FOOT }),
    s('text', { class: 'mark-name', x: percent(at), y: 11, 'text-anchor': at > 0.85 ? 'end' : at < 0.15 ? 'start' : 'middle' }, name),
  ];
}

/** {element, update(timing)}; timing as the API tells it, null if nothing had a deadline. */
export function timingHistogram() {
  const drawing = s('svg', { class: 'histogram', role: 'img', 'data-testid': 'timing-histogram' });
  const rows = h('tbody');
  const sums = h('p', { class: 'figure small timing', title: 'How far packets were handed over from the time that they were due' });
  const table = h('details', {}, h('summary', {}, 'As a table'), h('table', { class: 'narrow', 'data-testid': 'timing-table' },
    h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, 'Timing error'), h('th', { scope: 'col', class: 'number' }, 'Packets'), h('th', { scope: 'col', class: 'number' }, 'Share'))), rows));
  const none = h('p', { class: 'soft small' });
  let drawn = '';
  return {
    element: h('div', { class: 'fields' }, sums, drawing, table, none),
    /** @param why there are no errors, where there are none */
    update(timing, why) {
      const state = JSON.stringify(timing);
      setNote(none, timing ? '' : why);
      [sums, drawing, table].forEach((part) => part.toggleAttribute('hidden', !timing));
      if (!timing || state === drawn) {
        return;
      }
      drawn = state;
      const { histogram: buckets, p50, p99, max } = timing;
      const all = buckets.reduce((sum, one) => sum + one.count, 0);
      replace(sums, [['p50', 'half within', p50], ['p99', '99 % within', p99], ['max', 'all within', max]].map(([name, label, value]) =>
        h('span', { class: 'nowrap' }, h('span', { class: 'soft' }, `${label} `), h('strong', { 'data-figure': `timing-${name}`, title: `${value} µs` }, micros(value)))));
      drawing.setAttribute('aria-label', `Timing errors of ${count(all)} packets: half within ${micros(p50)}, 99 % within ${micros(p99)}, all within ${micros(max)}`);
      const apart = Math.abs(place(p50, buckets) - place(p99, buckets)) > 0.12;
      replace(drawing, bars(buckets), s('line', { class: 'base', x1: '0', x2: '100%', y1: HEIGHT - FOOT, y2: HEIGHT - FOOT }), ticks(buckets),
        apart && mark('half', p50, buckets), mark(apart ? '99 %' : 'half, and 99 %', p99, buckets));
      replace(rows, buckets.map((one) => h('tr', {}, h('th', { scope: 'row' }, `below ${one.belowMicros} µs`), h('td', { class: 'number figure' }, count(one.count)),
        h('td', { class: 'number figure' }, `${((one.count * 100) / Math.max(1, all)).toFixed(2)} %`))));
    },
  };
}
