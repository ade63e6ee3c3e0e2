// The files of a recording that are to be replayed, to be ticked.

import { h, moment, replace } from './dom.js';
import { bytes, plural } from './format.js';
import { segmentsOf } from './segments.js';

/**
 * @param chosen numbers of those that are ticked at first; null for all
 */
export function fileChoice(chosen) {
  const all = h('input', { type: 'checkbox', checked: !chosen, onchange: () => boxes().forEach((box) => { box.checked = all.checked; }) || show() });
  const picks = h('div', { class: 'picks', 'data-testid': 'replay-segments' });
  const sum = h('span', { class: 'hint figure' });
  let segments = [];
  let wanted = chosen;
  let asked = 0;
  const boxes = () => [...picks.querySelectorAll('input')];
  const picked = () => boxes().filter((box) => box.checked).map((box) => Number(box.value));

  function show() {
    const numbers = new Set(picked());
    const ticked = segments.filter((one) => numbers.has(one.number));
    all.checked = ticked.length > 0 && ticked.length === segments.length;
    all.indeterminate = ticked.length > 0 && ticked.length < segments.length;
    sum.textContent = segments.length && `${plural(ticked.length, 'file')} · ${plural(ticked.reduce((n, one) => n + one.packets, 0), 'packet')} · ${bytes(ticked.reduce((n, one) => n + one.bytes, 0))}`;
  }
  picks.addEventListener('change', show);

  return {
    element: h('div', { class: 'fields close' }, h('div', { class: 'heading' }, h('label', { class: 'check grow' }, all, 'All files'), sum), picks),
    async load(recording) {
      asked += 1;
      const turn = asked;
      segments = [];
      replace(picks, h('span', { class: 'soft' }, recording ? 'Loading…' : 'No recording has a complete file yet.'));
      show();
      if (!recording) {
        return;
      }
      let found;
      try {
        found = await segmentsOf(recording);
      } catch (problem) {
        if (turn === asked) {
          replace(picks, h('span', { class: 'wrong' }, problem.message));
        }
        return;
      }
      // Another recording may have been chosen meanwhile.
      if (turn !== asked) {
        return;
      }
      segments = found;
      replace(picks, segments.length === 0 && h('span', { class: 'soft' }, 'This recording has no complete file yet.'),
        segments.map((one) => h('label', { class: 'check' },
          h('input', { type: 'checkbox', name: 'segment', value: String(one.number), checked: !wanted || wanted.includes(one.number) }),
          h('span', { class: 'figure small' }, moment(one.first), ` · ${plural(one.packets, 'packet')} · ${bytes(one.bytes)}`))));
      wanted = null;
      show();
    },
    read() {
      const numbers = picked();
      if (numbers.length === 0) {
        throw new Error('Choose at least one file.');
      }
      return numbers.length === segments.length ? null : numbers;
    },
  };
}
