// Replays: what plays, and what has played.

import { access } from './access.js';
import { h, keyed, moment, setNote, setText } from './dom.js';
import { bitRate, count, micros, packetRate, plural } from './format.js';
import { live } from './live.js';
import { targetOf, timingOf } from './playing.js';
import { replayButtons } from './replay-controls.js';
import { replayDialog } from './replay.js';
import { paceText } from './replay-pace.js';
import { rateMeter, replayProgress } from './replay-progress.js';
import { setState, stateText } from './state.js';

export function show(main) {
  const list = h('div', { class: 'replays', 'data-testid': 'replays' });
  const update = keyed(list, (replay) => replay.id, card);
  const loading = h('p', { class: 'panel loading', role: 'status' }, 'Loading…');
  const none = h('div', { class: 'panel empty' }, h('p', {}, 'Nothing has been replayed yet.'), h('p', { class: 'small' }, 'A replay sends what was recorded to another interface, with its timing.'),
    access.analysts(h('button', { onclick: () => replayDialog(null) }, 'Replay a recording')), h('a', { href: '#/recordings', class: 'small' }, 'All recordings'));
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
  const state = stateText(first);
  const reason = h('p');
  const progress = replayProgress(first);
  const buttons = replayButtons(first);
  const sent = h('span', { 'data-figure': 'sent' });
  const besides = h('span');
  const pace = h('span');
  const meter = rateMeter();
  return {
    element: h('article', { class: 'panel replay', 'data-replay': first.id },
      h('header', {}, h('div', { class: 'grow' },
        h('div', { class: 'heading tight' }, h('h2', {}, h('a', { class: 'row name', href: `#/replays/${first.id}` }, first.recordingName)), state),
        h('p', { class: 'soft small' }, 'to ', h('span', { class: 'name' }, targetOf(first)), ' · ', pace,
          ` · ${plural(first.segments.length, 'file')} · `, moment(first.startedAt ?? first.createdAt), ' UTC · by ', h('span', { class: 'name' }, first.createdBy))),
      buttons.element),
      h('div', { class: 'body' }, reason, progress.element, h('p', { class: 'figure small' }, sent, besides))),
    update(replay) {
      setState(state, replay);
      setNote(reason, replay.reason);
      reason.className = replay.state === 'failed' ? 'problem' : 'notice';
      setText(pace, paceText(replay));
      buttons.update(replay);
      progress.update(replay);
      const { skipped, failed, sent: packets } = replay.figures;
      const rate = meter(replay);
      const timing = timingOf(replay);
      setText(sent, count(packets));
      setText(besides, [
        `${replay.total ? ` of ${count(replay.total)}` : ''} packets sent`,
        skipped > 0 && `${count(skipped)} skipped`,
        failed > 0 && `${count(failed)} failed`,
        rate && packetRate(rate.packets),
        rate && bitRate(rate.bits),
        timing && `99 % within ${micros(timing.p99)}`,
      ].filter(Boolean).join(' · '));
    },
  };
}
