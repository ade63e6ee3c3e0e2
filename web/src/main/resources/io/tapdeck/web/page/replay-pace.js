// How fast a replay plays: asked for, and told.

import { h } from './dom.js';
import { choice, field } from './fields.js';
import { count, parseAmount, parseCount } from './format.js';

const PACES = {
  speed: { text: 'as recorded', rate: 'Speed', value: '1', hint: '1 as recorded, 2 twice as fast', parse: parseAmount },
  pps: { text: 'packets a second', rate: 'Packets a second', value: '1000', hint: '', parse: parseCount },
  mbps: { text: 'megabits a second', rate: 'Mbit/s', value: '10', hint: '', parse: parseAmount },
  topspeed: { text: 'top speed', value: '' },
};

const nameOf = (pace) => Object.keys(PACES).find((name) => pace[name] !== undefined && pace[name] !== null);

/**
 * The kind of pace, and its rate.
 *
 * @param now the pace to begin with; as recorded if it is not given
 * @param changed called with the kind's name, at first and whenever it is another
 */
export function paceFields(now = { speed: 1 }, changed = () => {}) {
  const kind = choice('Pace', 'pace', Object.entries(PACES).map(([value, { text }]) => [value, text]), { 'data-testid': 'replay-pace' });
  const rates = Object.fromEntries(Object.entries(PACES).filter(([, one]) => one.parse).map(([name, { rate, value, hint, parse }]) =>
    [name, field(rate, name, { value: String(now[name] ?? value), hint, parse, required: true, inputmode: 'decimal' })]));
  const show = () => {
    Object.entries(rates).forEach(([name, { element, input }]) => {
      element.hidden = name !== kind.input.value;
      input.disabled = element.hidden;
      input.dataset.testid = element.hidden ? '' : 'replay-rate';
    });
    changed(kind.input.value);
  };
  kind.input.value = nameOf(now);
  kind.input.addEventListener('change', show);
  show();
  return {
    fields: rates,
    elements: [kind.element, Object.values(rates).map((one) => one.element)],
    read: () => (kind.input.value === 'topspeed' ? { topspeed: true } : { [kind.input.value]: rates[kind.input.value].read() }),
  };
}

/** "2 × as fast, for ever" */
export function paceText({ pace, changedPace, loops }) {
  const text = rateText(changedPace ?? pace);
  return loops === 0 ? `${text}, for ever` : loops > 1 ? `${text}, ${count(loops)} times over` : text;
}

function rateText(pace) {
  switch (nameOf(pace)) {
    case 'topspeed': return 'top speed';
    case 'pps': return `${count(pace.pps)} pps`;
    case 'mbps': return `${pace.mbps} Mbit/s`;
    default: return Number(pace.speed) === 1 ? 'as recorded' : `${pace.speed} × as fast`;
  }
}

/** A row of these fields and others. */
export const paceRow = (fields, ...more) => h('div', { class: 'trio' }, fields.elements, more);
