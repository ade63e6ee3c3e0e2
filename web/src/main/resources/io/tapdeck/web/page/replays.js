// Replays: what plays, what has played, and the dialog that starts one.

import { get, newId, post, put, remove } from './api.js';
import { actionButton, confirmDialog, openDialog } from './dialog.js';
import { h, keyed, replace, setText } from './dom.js';
import { bitRate, bytes, count, packetRate, parseCount, plural, span, time } from './format.js';
import { live } from './live.js';
import { interfaceField } from './recordings.js';
import { isPlaying, stateKind, statePill } from './state.js';

export function show(main, viewer) {
  const cards = h('div', { class: 'running', 'data-testid': 'replays' });
  const update = keyed(cards, (replay) => replay.id, (replay) => card(replay, viewer));
  const none = h('div', { class: 'empty' }, h('p', {}, 'Nothing has been replayed yet.'), h('p', { class: 'small' }, 'Replays send what was recorded to another interface.'));
  main.append(
    h('div', { class: 'heading' }, h('h1', { class: 'grow' }, 'Replays'),
      viewer.may('operator') && h('button', { class: 'main', 'data-testid': 'new-replay', onclick: () => replayDialog() }, 'New replay')),
    h('section', { class: 'panel', 'aria-label': 'Replays' }, cards, none));
  const refresh = () => {
    const replays = live.replays ?? [];
    update(replays);
    cards.hidden = replays.length === 0;
    none.hidden = replays.length > 0;
  };
  refresh();
  return { title: 'Replays', end: live.subscribe(refresh) };
}

function card(first, viewer) {
  const pill = statePill(first);
  const reason = h('p', { class: 'problem' });
  const bar = h('progress', { max: '1', 'aria-label': 'Progress' });
  const now = h('p', { class: 'figure small' });
  const report = h('dl', { class: 'settings' });
  const stop = viewer.may('operator') ? actionButton('Stop', () => post(`/replays/${first.id}/stop`), { 'data-testid': 'stop-replay' }) : null;
  const drop = viewer.may('operator') ? h('button', { class: 'small plain', onclick: () =>
    confirmDialog('Delete this replay', 'Only its record is deleted; the recording stays.', 'Delete', () => remove(`/replays/${first.id}`)) }, 'Delete') : null;
  return {
    element: h('article', { class: 'card', 'data-replay': first.id },
      h('header', {}, h('a', { href: `#/recordings/${first.recording}` }, first.recordingName), pill, stop, drop),
      h('p', { class: 'soft small' }, `to ${first.interface}${first.netns ? ` in ${first.netns}` : ''} · ${paceText(first)} · ${plural(first.segments.length, 'file', 'files')} · ${time(first.startedAt ?? first.createdAt)} UTC`),
      reason, bar, now, report),
    update(replay) {
      const figures = replay.figures;
      const playing = isPlaying(replay);
      const done = figures.sent + figures.skipped + figures.failed;
      setText(pill, replay.state);
      pill.className = `state ${stateKind(replay.state)}`;
      pill.dataset.state = replay.state;
      setText(reason, replay.reason);
      bar.hidden = !playing;
      bar.value = replay.total ? Math.min(1, done / replay.total) : 0;
      setText(now, `${count(figures.sent)} of ${count(replay.total)} packets sent`
        + (playing && figures.elapsedSeconds > 0 ? ` · ${packetRate(figures.sent / figures.elapsedSeconds)} · ${bitRate((figures.sentBytes * 8) / figures.elapsedSeconds)}` : ''));
      if (stop) {
        stop.hidden = !playing;
        drop.hidden = playing;
      }
      if (replay.report && !report.hasChildNodes()) {
        fillReport(report, replay.report);
      }
    },
  };
}

const paceText = ({ pace, loops }) => {
  const text = pace.topspeed ? 'top speed' : pace.pps ? packetRate(pace.pps) : pace.mbps ? `${pace.mbps} Mbit/s`
    : pace.speed === 1 ? 'original timing' : `${pace.speed} times as fast`;
  return loops > 1 ? `${text}, ${count(loops)} times over` : text;
};

function fillReport(list, report) {
  const micros = (n) => (n === null || n === undefined ? '–' : `${n} µs`);
  const timing = report.timingErrorMicros ?? {};
  replace(list, [
    ['Sent', count(report.sent), 'sent'],
    ['Bytes', bytes(report.sentBytes)],
    ['Skipped', count(report.skipped)],
    ['Failed', count(report.failed)],
    ['Took', span(report.seconds)],
    ['Rate', packetRate(report.packetsPerSecond)],
    ['Off its time, p50', micros(timing.p50)],
    ['p99', micros(timing.p99)],
    ['most', micros(timing.max)],
  ].map(([name, value, figure]) => h('div', {}, h('dt', {}, name), h('dd', { class: 'figure', 'data-figure': figure }, value))));
}

/**
 * Asks how to replay.
 *
 * @param recording what; asked for too if it is not given
 * @param chosen numbers of segments that are ticked; all if not given
 */
export function replayDialog(recording, chosen) {
  const candidates = recording ? [recording] : (live.recordings ?? []).filter((one) => one.segments.count > 0);
  const which = h('select', { required: true, 'data-testid': 'replay-which' }, candidates.map((one) => h('option', { value: one.id }, one.name)));
  const picks = h('div', { class: 'segment-picks', 'data-testid': 'replay-segments' });
  const all = h('input', { type: 'checkbox', checked: !chosen });
  const load = async () => {
    replace(picks, h('span', { class: 'soft' }, candidates.length ? 'Loading…' : 'No recording has a complete file yet.'));
    if (!which.value) {
      return;
    }
    const found = await get(`/recordings/${which.value}/segments?limit=1000`).catch((problem) => {
      replace(picks, h('span', { class: 'wrong' }, problem.message));
      return null;
    });
    if (found) {
      replace(picks, found.map((segment) => h('label', { class: 'check' },
        h('input', { type: 'checkbox', name: 'segment', value: String(segment.number), checked: !chosen || chosen.includes(segment.number) }),
        h('span', { class: 'figure small' }, `${time(segment.first)} · ${plural(segment.packets, 'packet', 'packets')}, ${bytes(segment.bytes)}`))));
    }
  };
  all.addEventListener('change', () => picks.querySelectorAll('input').forEach((box) => { box.checked = all.checked; }));
  picks.addEventListener('change', () => { all.checked = [...picks.querySelectorAll('input')].every((box) => box.checked); });
  which.addEventListener('change', load);
  const nic = interfaceField('There is no interface to play to.', (one) => (one.playable ? '' : one.notPlayable || 'not playable'));
  const pace = h('select', { name: 'pace', 'data-testid': 'replay-pace' },
    [['speed', 'original timing, times'], ['pps', 'packets a second'], ['mbps', 'megabits a second'], ['topspeed', 'as fast as it goes']].map(([value, text]) => h('option', { value }, text)));
  const rate = h('input', { name: 'rate', value: '1', inputmode: 'decimal', 'data-testid': 'replay-rate' });
  const rateLabel = h('label', {}, 'How much', rate);
  pace.addEventListener('change', () => {
    rateLabel.hidden = pace.value === 'topspeed';
    rate.value = { speed: '1', pps: '1000', mbps: '10' }[pace.value] ?? '';
  });
  const loops = h('input', { name: 'loops', value: '1', inputmode: 'numeric' });
  openDialog({
    title: recording ? `Replay ${recording.name}` : 'New replay', action: 'Play', testid: 'replay-dialog', confirmTestid: 'start-replay',
    content: [
      !recording && h('label', {}, 'Recording', which),
      h('div', { class: 'fields' }, h('label', { class: 'check' }, all, 'All files'), picks),
      nic.element,
      h('p', { class: 'hint' }, 'Packets are sent as they were recorded. Play only to an interface of a test network.'),
      h('div', { class: 'pair' }, h('label', {}, 'Pace', pace), rateLabel, h('label', {}, 'Times over', loops)),
    ],
    submit: async () => {
      const boxes = [...picks.querySelectorAll('input')];
      const segments = boxes.filter((box) => box.checked).map((box) => Number(box.value));
      if (segments.length === 0) {
        throw new Error('Choose at least one file.');
      }
      const amount = Number(rate.value);
      if (pace.value !== 'topspeed' && !(amount > 0)) {
        throw new Error('How much: give a number above 0.');
      }
      await put(`/replays/${newId()}`, {
        recording: which.value,
        segments,
        ...nic.read(),
        pace: pace.value === 'topspeed' ? { topspeed: true } : { [pace.value]: amount },
        loops: parseCount(loops.value),
      });
      location.hash = '#/replays';
    },
  });
  load();
}
