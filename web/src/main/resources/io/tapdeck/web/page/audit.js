// The record of who did what.

import { address, get } from './api.js';
import { h, moment, setNote, setText } from './dom.js';
import { bytes } from './format.js';

const PART = 100;

const KINDS = { done: 'good', refused: 'warn', failed: 'bad', 'broken off': 'warn', begun: '' };

export function show(main) {
  const rows = h('tbody');
  const problem = h('p', { class: 'problem', role: 'alert' });
  const loading = h('p', { class: 'loading', role: 'status' }, 'Loading…');
  const none = h('div', { class: 'empty', hidden: true }, h('p', {}, 'Nothing was done yet.'));
  const more = h('button', { 'data-testid': 'older', onclick: () => load() }, 'Show older');
  const table = h('div', { class: 'scroll', hidden: true }, h('table', { class: 'cards', 'data-testid': 'audit' },
    h('thead', {}, h('tr', {}, ['When (UTC)', 'Who', 'From', 'What', 'Outcome'].map((name) => h('th', { scope: 'col' }, name)))), rows));
  let oldest = null;
  let ended = false;
  const load = async () => {
    more.disabled = true;
    try {
      const part = await get(`/audit?limit=${PART}${oldest ? `&before=${oldest}` : ''}`);
      if (ended) {
        return;
      }
      setNote(problem, '');
      rows.append(...part.map(row));
      oldest = part.at(-1)?.id ?? oldest;
      table.hidden = rows.childElementCount === 0;
      none.hidden = rows.childElementCount > 0;
      more.hidden = part.length < PART;
    } catch (refused) {
      setNote(problem, refused.message);
    }
    loading.hidden = true;
    more.disabled = false;
  };
  setNote(problem, '');
  more.hidden = true;
  main.append(
    h('div', { class: 'heading' }, h('h1', { class: 'grow' }, 'Audit'),
      h('a', { class: 'button', download: '', href: address('/audit.csv'), 'data-testid': 'export-audit' }, 'Download as CSV')),
    problem,
    h('section', { class: 'panel', 'aria-label': 'What was done' }, table, none, loading, h('div', { class: 'more' }, more)));
  load();
  return { title: 'Audit', end() { ended = true; } };
}

function row(entry) {
  const outcome = h('span', { class: `tag ${KINDS[entry.outcome] ?? ''}` });
  setText(outcome, entry.status ? `${entry.outcome} ${entry.status}` : entry.outcome);
  return h('tr', { 'data-entry': entry.id },
    h('td', { class: 'title figure nowrap' }, moment(entry.at)),
    h('td', { 'data-label': 'Who' }, h('span', { class: 'name' }, entry.user || 'somebody unknown'), entry.apiToken && h('span', { class: 'soft name' }, ` by token ${entry.apiToken}`)),
    h('td', { 'data-label': 'From', class: 'figure' }, entry.address || '–'),
    h('td', { 'data-label': 'What' }, h('span', { class: 'mono name' }, `${entry.method} ${entry.path}`), entry.bytes !== null && h('span', { class: 'soft nowrap' }, ` ${bytes(entry.bytes)}`)),
    h('td', { 'data-label': 'Outcome' }, outcome));
}
