// States, each a word with a colour.

import { h, setText } from './dom.js';

const KINDS = {
  recording: 'good live', playing: 'good live', active: 'good', done: 'good',
  starting: 'warn', stopping: 'warn', paused: 'warn', waiting: 'warn', pending: 'warn', degraded: 'warn', interrupted: 'warn',
  error: 'bad', failed: 'bad',
};

const kind = (state) => KINDS[state] ?? 'off';

/** good, warn, bad or off. */
export const stateColour = (state) => kind(state).split(' ')[0];

/** The state of a thing, which then is kept in step by {@link setState}. */
export const stateText = (thing) => setState(h('span'), thing);

export function setState(element, thing) {
  setText(element, thing.state);
  element.className = `state ${kind(thing.state)}`;
  element.dataset.state = thing.state;
  element.title = thing.reason ?? '';
  return element;
}

export const isRunning = (recording) => recording.state !== 'ended';
export const isPlaying = (replay) => ['starting', 'playing', 'paused', 'stopping'].includes(replay.state);
