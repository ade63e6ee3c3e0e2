// The history of a recording: its runs, and for operators what was done to it.

import { access } from './access.js';
import { get } from './api.js';
import { h, moment, replace, setNote } from './dom.js';
import { between, count, span } from './format.js';

const COLUMNS = [['Started (UTC)'], ['Lasted', 'number'], ['State'], ['Written', 'number'], ['Dropped', 'number']];
const KINDS = { running: 'good', done: 'off', failed: 'bad', killed: 'bad' };
const SHOWN = 100;

/** What is done to a part of a recording, such as a file. */
const FILE_DEEDS = { GET: 'download', DELETE: 'delete', PUT: 'change' };

export function historyPanel(id) {
  const runs = h('tbody');
  const actions = h('tbody');
  const problem = h('p', { class: 'problem', role: 'alert' });
  const done = h('details', {}, h('summary', {}, 'What was done to it, and by whom'),
    h('div', { class: 'scroll' }, h('table', { class: 'cards', 'data-testid': 'actions' },
      h('thead', {}, h('tr', {}, ['At (UTC)', 'User', 'Action', 'Outcome'].map((name) => h('th', { scope: 'col' }, name)))), actions)));
  setNote(problem, '');
  let known = '';
  let ended = false;

  const load = async () => {
    try {
      const [all, deeds] = await Promise.all([get(`/recordings/${id}/runs`), access.may('operator') ? get(`/recordings/${id}/actions`) : []]);
      if (!ended) {
        replace(runs, all.slice(0, SHOWN).map(run));
        replace(actions, deeds.filter(({ outcome }) => outcome !== 'begun').slice(0, SHOWN).map((deed) => action(deed, id)));
        setNote(problem, '');
      }
    } catch (refused) {
      known = '';
      setNote(problem, refused.message);
    }
  };

  return {
    element: h('section', { class: 'panel', 'aria-label': 'History' }, h('header', {}, h('h2', {}, 'History')), problem,
      h('div', { class: 'scroll' }, h('table', { class: 'cards', 'data-testid': 'runs' },
        h('thead', {}, h('tr', {}, COLUMNS.map(([name, kind]) => h('th', { scope: 'col', class: kind }, name)))), runs)),
      access.may('operator') && h('div', { class: 'body' }, done)),
    update(recording) {
      const { state, endedAt, interruptions, segments, keepBytes, keepFiles, keepAge, keepFree } = recording;
      const now = JSON.stringify([state, endedAt, interruptions, segments, keepBytes, keepFiles, keepAge, keepFree]);
      if (now !== known) {
        known = now;
        load();
      }
    },
    end() {
      ended = true;
    },
  };
}

function run({ startedAt, endedAt, how, why, figures }) {
  const dropped = figures.droppedKernel + figures.droppedInterface;
  return h('tr', { 'data-run': how },
    h('td', { class: 'title figure' }, moment(startedAt)),
    h('td', { 'data-label': COLUMNS[1][0], class: 'number' }, endedAt ? span(between(startedAt, endedAt)) : 'goes on'),
    h('td', { 'data-label': COLUMNS[2][0] }, h('span', { class: `state ${KINDS[how] ?? 'off'}` }, how), why && h('p', { class: 'small soft name' }, why)),
    h('td', { 'data-label': COLUMNS[3][0], class: 'number' }, endedAt ? count(figures.written) : '–'),
    h('td', { 'data-label': COLUMNS[4][0], class: dropped ? 'number alarm' : 'number' }, endedAt ? count(dropped) : '–'));
}

function action({ at, user, apiToken, method, path, outcome, status }, id) {
  const end = path.slice(path.toLowerCase().indexOf(id) + id.length + 1);
  const word = { PUT: 'start', PATCH: 'change what is kept', DELETE: 'delete', POST: '' }[method];
  return h('tr', {},
    h('td', { class: 'title figure' }, moment(at)),
    h('td', { 'data-label': 'User', class: 'name' }, user, apiToken && ` (token ${apiToken})`),
    h('td', { 'data-label': 'Action', class: 'name' }, end === 'upload' ? end : end ? `${FILE_DEEDS[method] ?? ''} ${end}`.trim() : word ?? method),
    h('td', { 'data-label': 'Outcome' }, [outcome, status || ''].join(' ').trim()));
}
