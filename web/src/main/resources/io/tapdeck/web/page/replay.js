// The dialog that starts a replay.

import { put, wishIds } from './api.js';
import { openDialog } from './dialog.js';
import { announce, h, moment, replace } from './dom.js';
import { choice, field } from './fields.js';
import { bytes, parseAmount, parseCount, plural } from './format.js';
import { playedInterface } from './interfaces.js';
import { live } from './live.js';
import { segmentsOf } from './segments.js';

const PACES = {
  speed: { text: 'as recorded', rate: 'Speed', value: '1', hint: '1 as recorded, 2 twice as fast', parse: parseAmount },
  pps: { text: 'packets a second', rate: 'Packets a second', value: '1000', hint: '', parse: parseCount },
  mbps: { text: 'megabits a second', rate: 'Mbit/s', value: '10', hint: '', parse: parseAmount },
  topspeed: { text: 'top speed', value: '' },
};

/**
 * Asks what to replay, where to, and how.
 *
 * @param recording what; asked for too if it is null
 * @param chosen numbers of the segments that are ticked at first; null for all
 */
export function replayDialog(recording, chosen = null) {
  const idOf = wishIds();
  const which = recording ? null : choice('Recording', 'recording',
    (live.recordings ?? []).filter((one) => one.segments.count > 0).map((one) => [one.id, one.name]), { required: true, 'data-testid': 'replay-which' });
  const source = () => recording?.id ?? which.input.value;
  const files = fileChoice(chosen);
  const nic = playedInterface();
  const pace = choice('Pace', 'pace', Object.entries(PACES).map(([value, { text }]) => [value, text]), { 'data-testid': 'replay-pace' });
  const rates = Object.fromEntries(Object.entries(PACES).filter(([, one]) => one.parse).map(([name, { rate, value, hint, parse }]) =>
    [name, field(rate, name, { value, hint, parse, required: true, inputmode: 'decimal' })]));
  const loops = field('Times over', 'loops', { value: '1', parse: parseCount, required: true, inputmode: 'numeric', 'data-testid': 'replay-loops' });
  const showRate = () => Object.entries(rates).forEach(([name, { element, input }]) => {
    element.hidden = name !== pace.input.value;
    input.disabled = element.hidden;
    input.dataset.testid = element.hidden ? '' : 'replay-rate';
  });
  pace.input.addEventListener('change', showRate);
  showRate();
  which?.input.addEventListener('change', () => files.load(source()));
  openDialog({
    title: recording ? `Replay ${recording.name}` : 'New replay',
    testid: 'replay-dialog',
    confirmTestid: 'start-replay',
    action: 'Play',
    doing: 'Starting…',
    content: [
      which?.element,
      files.element,
      nic.element,
      h('p', { class: 'notice' }, 'Packets are sent just as they were recorded. Play only into a network made for tests.'),
      h('div', { class: 'trio' }, pace.element, Object.values(rates).map((one) => one.element), loops.element),
    ],
    submit: async () => {
      const wish = {
        recording: source(),
        segments: files.read(),
        ...nic.read(),
        pace: pace.input.value === 'topspeed' ? { topspeed: true } : { [pace.input.value]: rates[pace.input.value].read() },
        loops: loops.read(),
      };
      live.learn('replays', await put(`/replays/${idOf(wish)}`, wish));
      announce('The replay begins');
      location.hash = '#/replays';
    },
  });
  files.load(source());
}

function fileChoice(chosen) {
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
