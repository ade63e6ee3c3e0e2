// Replays: what plays, and what has played.

import { access } from './access.js';
import { post, remove } from './api.js';
import { actionButton, confirmDialog } from './dialog.js';
import { h, keyed, moment, replace, setNote, setText } from './dom.js';
import { bitRate, bytes, count, packetRate, plural, span } from './format.js';
import { live } from './live.js';
import { replayDialog } from './replay.js';
import { isPlaying, setState, stateText } from './state.js';

export function show(main) {
  const list = h('div', { class: 'replays', 'data-testid': 'replays' });
  const update = keyed(list, (replay) => replay.id, card);
  const loading = h('p', { class: 'panel loading', role: 'status' }, 'Loading…');
  const none = h('div', { class: 'panel empty' }, h('p', {}, 'Nothing has been replayed yet.'), h('p', { class: 'small' }, 'A replay sends what was recorded to another interface, with its timing.'));
  main.append(
    h('div', { class: 'heading' }, h('h1', { class: 'grow' }, 'Replays'),
      access.analysts(h('button', { class: 'main', 'data-testid': 'new-replay', onclick: () => replayDialog(null) }, 'New replay'))),
    loading, none, list);
  const refresh = () => {
    loading.hidden = live.replays !== null;
    none.hidden = live.replays === null || live.replays.length > 0;
    update(live.replays ?? []);
  };
  refresh();
  return { title: 'Replays', end: live.subscribe(refresh) };
}

function card(first) {
  const path = `/replays/${first.id}`;
  const state = stateText(first);
  const reason = h('p');
  const bar = h('progress', { max: '1', 'aria-label': `Progress of the replay of ${first.recordingName}` });
  const percent = h('span', { class: 'figure percent' });
  const progress = h('div', { class: 'progress' }, bar, percent);
  const sent = h('span', { 'data-figure': 'sent' });
  const rate = h('span');
  const now = h('p', { class: 'figure small' }, sent, `${first.total ? ` of ${count(first.total)}` : ''} packets sent`, rate);
  const report = h('div', { class: 'report', 'data-testid': 'replay-report' });
  const stop = access.owners(first.createdBy, actionButton('Stop', async () => live.learn('replays', await post(`${path}/stop`)), { class: 'small stop', 'data-testid': 'stop-replay', 'aria-label': `Stop the replay of ${first.recordingName}` }));
  const drop = access.owners(first.createdBy, h('button', { class: 'small plain', 'data-testid': 'delete-replay', 'aria-label': `Delete the replay of ${first.recordingName}`, onclick: () =>
    confirmDialog('Delete this replay?', 'Only what is known of the replay is deleted; the recording stays.', 'Delete', async () => {
      await remove(path);
      live.forget('replays', first.id);
    }) }, 'Delete'));
  const speed = rateMeter();
  let reported = null;
  return {
    element: h('article', { class: 'panel replay', 'data-replay': first.id },
      h('header', {}, h('div', { class: 'grow' },
        h('div', { class: 'heading tight' }, h('h2', {}, h('a', { class: 'row name', href: `#/recordings/${first.recording}` }, first.recordingName)), state),
        h('p', { class: 'soft small' }, 'to ', h('span', { class: 'name' }, first.netns ? `${first.interface} in ${first.netns}` : first.interface),
          ` · ${paceText(first)} · ${plural(first.segments.length, 'file')} · `, moment(first.startedAt ?? first.createdAt), ' UTC · by ', h('span', { class: 'name' }, first.createdBy))),
      stop, drop),
      h('div', { class: 'body' }, reason, progress, now, report)),
    update(replay) {
      const { figures } = replay;
      const playing = isPlaying(replay);
      const part = figures.position ?? (replay.total ? Math.min(1, figures.read / replay.total) : null);
      setState(state, replay);
      setNote(reason, replay.reason);
      reason.className = replay.state === 'failed' ? 'problem' : 'notice';
      progress.hidden = !playing || part === null;
      bar.value = part ?? 0;
      setText(percent, `${Math.floor((part ?? 0) * 100)} %`);
      setText(sent, count(figures.sent));
      setText(rate, replay.state === 'playing' ? speed(figures) : '');
      now.hidden = Boolean(replay.report);
      stop.hidden = !playing || replay.state === 'stopping';
      drop.hidden = playing;
      if (replay.report && reported !== replay.report.sent) {
        reported = replay.report.sent;
        replace(report, reportOf(replay.report));
      }
    },
  };
}

/** What is sent now, from one telling to the next, and how long it goes on. */
function rateMeter() {
  let before = null;
  let text = '';
  return (figures) => {
    const seconds = before ? figures.elapsedSeconds - before.elapsedSeconds : 0;
    if (before && seconds >= 1) {
      const packets = (figures.sent - before.sent) / seconds;
      const left = figures.secondsLeft ?? null;
      text = ` · ${packetRate(packets)} · ${bitRate(((figures.sentBytes - before.sentBytes) * 8) / seconds)}${left === null ? '' : ` · ${span(Math.max(1, Math.round(left)))} left`}`;
    }
    if (!before || seconds >= 1) {
      before = figures;
    }
    return text;
  };
}

function paceText({ pace, loops }) {
  const text = pace.topspeed ? 'top speed' : pace.pps ? `${count(pace.pps)} pps` : pace.mbps ? `${pace.mbps} Mbit/s`
    : Number(pace.speed) === 1 ? 'as recorded' : `${pace.speed} × as fast`;
  return loops > 1 ? `${text}, ${count(loops)} times over` : text;
}

const TIMING = [['p50', 'half within'], ['p99', '99 % within'], ['max', 'all within']];

function reportOf(report) {
  const micros = (n) => (n === null || n === undefined ? '–' : `${n} µs`);
  const timing = report.timingErrorMicros ?? {};
  const why = (counts) => Object.entries(counts ?? {}).map(([reason, n]) => `${reason}: ${count(n)}`).join(', ');
  const figure = (name, label, value, more = '', alarm = false) =>
    h('div', { class: alarm ? 'alarm' : false }, h('dt', {}, label), h('dd', { class: 'figure' }, h('span', { 'data-figure': name }, value), more && h('span', { class: 'soft small name' }, more)));
  return [
    h('dl', { class: 'settings' },
      figure('read', 'Read', count(report.read)),
      figure('sent', 'Sent', count(report.sent), report.sentTruncated ? `${count(report.sentTruncated)} were cut when recorded` : ''),
      figure('skipped', 'Skipped', count(report.skipped), why(report.skippedBy), report.skipped > 0),
      figure('failed', 'Failed', count(report.failed), why(report.failedBy), report.failed > 0),
      figure('bytes', 'Bytes', bytes(report.sentBytes)),
      figure('took', 'Took', span(report.seconds)),
      figure('rate', 'Rate', packetRate(report.packetsPerSecond), bitRate(report.bitsPerSecond))),
    h('p', { class: 'figure small timing', title: 'How far packets were handed over from the time that they were due' },
      h('span', { class: 'soft' }, 'Timing error '), TIMING.map(([name, label]) =>
        h('span', { class: 'nowrap' }, h('span', { class: 'soft' }, `${label} `), h('strong', { 'data-figure': `timing-${name}` }, micros(timing[name]))))),
    (report.verified ?? []).flatMap((one) => one.sentences ?? []).map((sentence) => h('p', { class: 'small' }, sentence)),
    (report.troubles ?? []).map((trouble) => h('p', { class: 'notice' }, trouble)),
  ];
}
