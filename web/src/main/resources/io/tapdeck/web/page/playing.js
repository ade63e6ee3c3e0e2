// One replay: how it goes, and what it came to.

import { timingHistogram } from './histogram.js';
import { h, moment, replace, setNote, setText } from './dom.js';
import { count, plural } from './format.js';
import { live } from './live.js';
import { replayButtons } from './replay-controls.js';
import { optionsText } from './replay-options.js';
import { paceText } from './replay-pace.js';
import { replayFigures, replayProgress } from './replay-progress.js';
import { setState, stateText } from './state.js';

export function show(main, id) {
  replace(main, h('p', { class: 'loading', role: 'status' }, 'Loading…'));
  let page = null;
  let isLost = false;
  const refresh = () => {
    const replay = live.replays?.find((one) => one.id === id);
    if (replay) {
      isLost = false;
      page ??= open(main, replay);
      page.update(replay);
    } else if (live.replays && !isLost) {
      isLost = true;
      page = null;
      replace(main, h('div', { class: 'panel empty' }, h('p', { role: 'status' }, 'There is no such replay; it may have been deleted.'), h('a', { class: 'button', href: '#/replays' }, 'All replays')));
    }
  };
  return { title: 'Replay', end: live.subscribe(refresh) };
}

/** Where a replay sends to. */
export const targetOf = ({ interface: name, netns }) => (netns ? `${name} in ${netns}` : name);

function open(main, first) {
  const state = stateText(first);
  const reason = h('p', { role: 'status', 'data-testid': 'reason' });
  const buttons = replayButtons(first, () => { location.hash = '#/replays'; });
  const progress = replayProgress(first);
  const figures = replayFigures();
  const histogram = timingHistogram();
  const proof = h('div', { class: 'fields close', 'data-testid': 'replay-proof' });
  const pace = h('dd');
  const begun = h('dd');
  const asked = (name, ...value) => h('div', {}, h('dt', {}, name), h('dd', { class: 'name' }, value));
  let proven = '';
  replace(
    main,
    h('div', { class: 'heading', 'data-replay': first.id },
      h('a', { href: '#/replays', class: 'button plain', 'aria-label': 'All replays' }, '‹'),
      h('div', { class: 'grow' }, h('div', { class: 'heading tight' }, h('h1', { class: 'name' }, `Replay of ${first.recordingName}`), state),
        h('p', { class: 'soft name' }, `to ${targetOf(first)}`)), buttons.element),
    reason,
    h('section', { class: 'panel', 'aria-label': 'Progress' }, h('header', {}, h('h2', {}, 'Packets')),
      h('div', { class: 'body report', 'data-testid': 'replay-report' }, progress.element, figures.element, proof)),
    h('section', { class: 'panel', 'aria-label': 'Pacing' }, h('header', {}, h('h2', {}, 'Timing errors'), h('span', { class: 'soft small' }, 'how far packets were sent from the time that they were due')),
      h('div', { class: 'body' }, histogram.element)),
    h('section', { class: 'panel', 'aria-label': 'What was asked for' }, h('header', {}, h('h2', {}, 'Settings')), h('div', { class: 'body' }, h('dl', { class: 'settings' },
      asked('Recording', h('a', { href: `#/recordings/${first.recording}` }, first.recordingName)), asked('Files', plural(first.segments.length, 'file')),
      h('div', {}, h('dt', {}, 'Pace'), pace), optionsText(first).map(([name, text]) => asked(name, text)),
      h('div', {}, h('dt', {}, 'Begun (UTC)'), begun), asked('By', first.createdBy)))));
  return {
    update(replay) {
      document.title = `Replay of ${replay.recordingName} – Tapdeck`;
      setState(state, replay);
      setNote(reason, replay.reason);
      reason.className = replay.state === 'failed' ? 'problem' : 'notice';
      buttons.update(replay);
      progress.update(replay);
      figures.update(replay);
      histogram.update(timingOf(replay), whyNoTiming(replay));
      setText(pace, paceText(replay));
      replace(begun, moment(replay.startedAt ?? replay.createdAt));
      const told = proofOf(replay.report);
      if (JSON.stringify(told) !== proven) {
        proven = JSON.stringify(told);
        replace(proof, told.map(([kind, text]) => h('p', { class: kind }, text)));
      }
    },
  };
}

/** How far packets were from their deadlines, from the report once there is one; null if nothing had one. */
export function timingOf({ report, figures }) {
  const micros = report?.timingErrorMicros;
  return report ? typeof micros?.max === 'number' && report.timingErrorHistogram?.length ? { ...micros, histogram: report.timingErrorHistogram } : null : figures.timing;
}

function whyNoTiming({ pace, changedPace, report, figures }) {
  return (changedPace ?? pace).topspeed ? 'At top speed no packet is due at a time, so none can be late.'
    : report || figures.sent > 0 ? 'Nothing was sent that was due at a time.' : 'Nothing has been sent yet.';
}

/** What is known of the packets' arrival, and what went wrong besides. */
function proofOf(report) {
  return [
    ...(report?.verified ?? []).flatMap((one) => one.sentences ?? []).map((sentence) => ['small', sentence]),
    ...(report?.troubles ?? []).map((trouble) => ['notice', trouble]),
    ...Object.entries(report?.sentTo ?? {}).map(([name, n]) => ['small', `${count(n)} to ${name}`]),
  ];
}
