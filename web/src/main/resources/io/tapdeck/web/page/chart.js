// The rates of a recording over time: packets and drops, and bits, one above the other or side by side.

/* global uPlot */
import { h } from './dom.js';
import { bitRate, packetRate } from './format.js';

const HEIGHT = 190;
const NARROWEST = 240;

/** So many seconds are shown at least, while there are few readings, and at most, where there was a long gap. */
const SHOWN = { least: 60, most: 330 };

const clock = (seconds) => new Date(seconds * 1000).toISOString().slice(11, 19);

/** A canvas needs the colour that the style sheet's light-dark() comes to. */
function colours(...names) {
  const probe = h('span', { hidden: true });
  document.body.append(probe);
  const found = names.map((name) => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  });
  probe.remove();
  return found;
}

function plot(element, shown, format, series) {
  const [soft, line] = colours('--soft', '--line');
  const grid = { stroke: line, width: 1 };
  const axis = { stroke: soft, ticks: { ...grid, size: 5 }, font: '11px system-ui, sans-serif' };
  return new uPlot({
    width: Math.max(element.clientWidth, NARROWEST),
    height: HEIGHT,
    padding: [12, 28, 0, 0],
    cursor: { sync: { key: 'rates' }, points: { size: 7 }, drag: { x: false, y: false } },
    scales: {
      x: { time: true, range: (u, first, last) => [Math.max(Math.min(first, last - SHOWN.least), last - SHOWN.most), last] },
      y: { range: (u, least, most) => [0, Math.max((most ?? 0) * 1.1, 1)] },
    },
    axes: [
      { ...axis, grid: { show: false }, size: 30, space: 84, values: (u, values) => values.map(clock) },
      { ...axis, grid, size: 78, space: 36, values: (u, values) => values.map(format) },
    ],
    series: [
      { label: 'UTC', value: (u, value) => clock(value ?? u.data[0].at(-1) ?? 0) },
      ...series.map((one) => ({ width: 1.75, points: { show: false }, value: (u, value, s, i) => format((i == null ? u.data[s].at(-1) : value) ?? 0), ...one })),
    ],
  }, shown, element);
}

export function rateCharts() {
  const packets = h('div', { class: 'chart', role: 'img', 'aria-label': 'Packets and drops a second over the last minutes' });
  const bits = h('div', { class: 'chart', role: 'img', 'aria-label': 'Bits a second over the last minutes' });
  let plots = [];
  let shown = null;

  function draw() {
    plots.forEach((one) => one.destroy());
    const [pps, ppsFill, bps, bpsFill, bad] = colours('--pps', '--pps-soft', '--bits', '--bits-soft', '--bad');
    plots = [
      plot(packets, shown.packets, packetRate, [
        { label: 'received', stroke: pps, fill: ppsFill },
        { label: 'dropped', stroke: bad, fill: bad, paths: uPlot.paths.bars({ size: [1, 6], align: 0 }) },
      ]),
      plot(bits, shown.bits, bitRate, [{ label: 'written', stroke: bps, fill: bpsFill }]),
    ];
  }
  const redraw = () => shown && draw();
  const resize = new ResizeObserver(() => {
    plots.forEach((one, i) => one.setSize({ width: Math.max([packets, bits][i].clientWidth, NARROWEST), height: HEIGHT }));
  });
  [packets, bits].forEach((one) => resize.observe(one));
  const system = matchMedia('(prefers-color-scheme: dark)');
  system.addEventListener('change', redraw);
  addEventListener('themechange', redraw);

  return {
    element: h('div', { class: 'charts' },
      h('figure', {}, h('figcaption', {}, 'Packets a second'), packets),
      h('figure', {}, h('figcaption', {}, 'Bits a second'), bits)),
    update({ at, packets: received, bits: written, drops }) {
      // No drops, no line: they are to be seen only where there are some.
      shown = { packets: [at, received, drops.map((rate) => rate || null)], bits: [at, written] };
      if (plots.length) {
        plots[0].setData(shown.packets);
        plots[1].setData(shown.bits);
      } else if (at.length > 1) {
        draw();
      }
    },
    end() {
      resize.disconnect();
      system.removeEventListener('change', redraw);
      removeEventListener('themechange', redraw);
      plots.forEach((one) => one.destroy());
    },
  };
}
