// How far a replay is, what was counted of it, and how fast it goes.

import { h, setText } from './dom.js';
import { bitRate, bytes, count, packetRate, span } from './format.js';
import { isPlaying } from './state.js';

/** A rate is reckoned over so many seconds at least. */
const WINDOW = 1;

/** A bar, and what is left. */
export function replayProgress(first) {
  const bar = h('progress', { max: '1', 'aria-label': `Progress of the replay of ${first.recordingName}` });
  const percent = h('span', { class: 'figure percent' });
  const left = h('span', { class: 'figure small soft', 'data-figure': 'left' });
  const element = h('div', { class: 'progress' }, bar, percent, left);
  return {
    element,
    update(replay) {
      const { figures } = replay;
      const part = figures.position ?? (replay.total ? Math.min(1, figures.read / replay.total) : null);
      const seconds = figures.secondsLeft ?? null;
      element.hidden = !isPlaying(replay) || part === null;
      bar.value = part ?? 0;
      setText(percent, `${Math.floor((part ?? 0) * 100)} %`);
      setText(left, seconds === null || replay.state !== 'playing' ? '' : `${span(Math.max(1, Math.round(seconds)))} left`);
    },
  };
}

/** The rate of what is sent: now, from one telling to the next, or of all once it is over. */
export function rateMeter() {
  let before = null;
  let now = null;
  return ({ state, figures, report }) => {
    if (report) {
      return { packets: report.packetsPerSecond, bits: report.bitsPerSecond };
    }
    if (state !== 'playing') {
      before = now = null;
      return null;
    }
    const seconds = before ? figures.elapsedSeconds - before.elapsedSeconds : 0;
    if (seconds >= WINDOW) {
      now = { packets: (figures.sent - before.sent) / seconds, bits: ((figures.sentBytes - before.sentBytes) * 8) / seconds };
    }
    if (!before || seconds >= WINDOW) {
      before = figures;
    }
    return now;
  };
}

const reasons = (counts) => Object.entries(counts ?? {}).map(([reason, n]) => `${reason}: ${count(n)}`).sort().join(', ');

/** All that was counted: read = sent + skipped + failed + filtered. */
export function replayFigures() {
  const parts = {};
  const figure = (name, label) => {
    const value = h('span', { 'data-figure': name });
    const more = h('span', { class: 'soft small name', 'data-more': name });
    const element = h('div', {}, h('dt', {}, label), h('dd', { class: 'figure' }, value, more));
    parts[name] = (text, beside = '', alarm = false) => {
      setText(value, text);
      setText(more, beside);
      element.className = alarm ? 'alarm' : '';
    };
    return element;
  };
  const element = h('dl', { class: 'settings' },
    figure('read', 'Read'), figure('sent', 'Sent'), figure('skipped', 'Skipped'), figure('failed', 'Failed'), figure('filtered', 'Not selected'),
    figure('bytes', 'Bytes'), figure('took', 'Time'), figure('rate', 'Rate'));
  const meter = rateMeter();
  return {
    element,
    update(replay) {
      const told = replay.report ?? replay.figures;
      const rate = meter(replay);
      parts.read(count(told.read), replay.total ? `of ${count(replay.total)}` : '');
      parts.sent(count(told.sent), told.sentTruncated ? `${count(told.sentTruncated)} were cut when recorded` : told.sentCut ? `${count(told.sentCut)} were cut to fit` : '');
      parts.skipped(count(told.skipped), reasons(told.skippedBy), told.skipped > 0);
      parts.failed(count(told.failed), reasons(told.failedBy), told.failed > 0);
      parts.filtered(count(told.filtered));
      parts.bytes(bytes(told.sentBytes));
      parts.took(span(replay.report ? told.seconds : told.elapsedSeconds), told.pausedSeconds ? `and ${span(told.pausedSeconds)} paused` : '');
      parts.rate(rate ? packetRate(rate.packets) : '–', rate ? bitRate(rate.bits) : '');
    },
  };
}
