// A small line of the last minutes, for a card.

import { s } from './dom.js';

const WIDTH = 120;
const HEIGHT = 32;
const SHOWN = 120;

export function sparkline(label) {
  const line = s('path', { class: 'spark-line' });
  const area = s('path', { class: 'spark-fill' });
  return {
    element: s('svg', { class: 'spark', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': label },
      s('path', { class: 'spark-base', d: `M0,${HEIGHT - 1} H${WIDTH}` }), area, line),
    update(values) {
      const last = values.filter((value) => value !== null).slice(-SHOWN);
      const most = Math.max(...last, 1e-9);
      // The newest is at the right, also while there are few.
      const x = (i) => WIDTH - ((last.length - 1 - i) / (SHOWN - 1)) * WIDTH;
      const y = (value) => HEIGHT - 1 - (value / most) * (HEIGHT - 4);
      const points = last.length > 1 && last.some((value) => value > 0)
        ? last.map((value, i) => `${x(i).toFixed(1)},${y(value).toFixed(1)}`).join(' L') : '';
      line.setAttribute('d', points && `M${points}`);
      area.setAttribute('d', points && `M${x(0).toFixed(1)},${HEIGHT - 1} L${points} V${HEIGHT - 1} Z`);
    },
  };
}
