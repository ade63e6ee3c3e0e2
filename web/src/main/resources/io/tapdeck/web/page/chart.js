// Rates over time: a spark line in a card, a chart on a recording's own page.

/* global uPlot */
import { h, s } from './dom.js';
import { bitRate, packetRate } from './format.js';

const WIDTH = 120;
const HEIGHT = 34;
const SHOWN = 120;

/** A small line of the last minute. */
export function sparkline(label) {
  const line = s('path', { class: 'spark-line' });
  const area = s('path', { class: 'spark-fill' });
  const element = s('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': label }, area, line);
  return {
    element,
    update(values) {
      const last = values.slice(-SHOWN).filter((value) => value !== null);
      const most = Math.max(...last, 1e-9);
      const x = (i) => (last.length < 2 ? WIDTH : (i / (last.length - 1)) * WIDTH);
      const y = (v) => HEIGHT - 2 - (v / most) * (HEIGHT - 5);
      const points = last.map((v, i) => `${x(i).toFixed(1)},${y(v).toFixed(1)}`).join(' L');
      line.setAttribute('d', points ? `M${points}` : '');
      area.setAttribute('d', points ? `M0,${HEIGHT} L${points} L${WIDTH},${HEIGHT} Z` : '');
    },
  };
}

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** light-dark() is for style sheets; a canvas needs the colour that it comes to. */
function resolved(name) {
  const probe = h('span');
  probe.style.color = colour(name);
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

/** Packets/s, bits/s and drops/s of a recording. */
export function rateChart() {
  const element = h('div', { class: 'chart', role: 'img', 'aria-label': 'Packets, bits and drops a second over the last minutes' });
  let plot = null;
  let shown = [[], [], [], []];

  function make() {
    plot?.destroy();
    const grid = { stroke: resolved('--line'), width: 1 };
    const axis = (more) => ({ stroke: resolved('--soft'), grid, ticks: grid, font: '11px system-ui, sans-serif', ...more });
    plot = new uPlot({
      width: Math.max(element.clientWidth, 280),
      height: 230,
      padding: [10, 4, 0, 0],
      cursor: { points: { size: 7 } },
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
      scales: { x: { time: true }, packets: { range: from0 }, bits: { range: from0 } },
      axes: [
        axis({ space: 90, values: (u, values) => values.map((v) => clock(v)) }),
        axis({ scale: 'packets', size: 74, values: (u, values) => values.map(packetRate) }),
        axis({ scale: 'bits', side: 1, size: 82, values: (u, values) => values.map(bitRate), grid: { show: false } }),
      ],
      series: [
        { label: 'UTC', value: (u, v) => (v ? clock(v) : '–') },
        { label: 'packets', points: { show: false }, scale: 'packets', stroke: resolved('--accent'), width: 1.6, fill: resolved('--accent-soft'), value: (u, v) => (v == null ? '–' : packetRate(v)) },
        { label: 'bits', points: { show: false }, scale: 'bits', stroke: resolved('--bits'), width: 1.6, value: (u, v) => (v == null ? '–' : bitRate(v)) },
        { label: 'drops', points: { show: false }, scale: 'packets', stroke: resolved('--bad'), width: 1.6, value: (u, v) => (v == null ? '–' : packetRate(v)) },
      ],
    }, shown, element);
  }
  const clock = (seconds) => new Date(seconds * 1000).toISOString().slice(11, 19);
  const from0 = (u, low, high) => [0, Math.max((high ?? 0) * 1.08, 1)];
  const resize = new ResizeObserver(() => plot?.setSize({ width: Math.max(element.clientWidth, 280), height: 230 }));
  resize.observe(element);
  const media = matchMedia('(prefers-color-scheme: dark)');
  media.addEventListener('change', make);
  addEventListener('themechange', make);

  return {
    element,
    update(history) {
      shown = [history.at.map((at) => at / 1000), [...history.packetRates], [...history.bitRates], [...history.dropRates]];
      if (plot) {
        plot.setData(shown);
      } else {
        make();
      }
    },
    end() {
      resize.disconnect();
      media.removeEventListener('change', make);
      removeEventListener('themechange', make);
      plot?.destroy();
    },
  };
}
