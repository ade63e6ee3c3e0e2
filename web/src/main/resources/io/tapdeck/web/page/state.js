// States, each a word with a colour.

import { h } from './dom.js';

const KINDS = {
  recording: 'good live', playing: 'good live', active: 'good', done: 'good',
  starting: 'warn', stopping: 'warn', waiting: 'warn', pending: 'warn', degraded: 'warn', interrupted: 'warn',
  error: 'bad', failed: 'bad',
};

export const stateKind = (state) => KINDS[state] ?? '';

export function statePill(thing) {
  return h('span', { class: `state ${stateKind(thing.state)}`, title: thing.reason || false, 'data-state': thing.state }, thing.state);
}

export const isRunning = (recording) => ['starting', 'recording', 'waiting', 'stopping'].includes(recording.state);
export const isPlaying = (replay) => ['starting', 'playing', 'stopping'].includes(replay.state);
