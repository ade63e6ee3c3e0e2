// The files of a span, of all recordings, oldest first.

import { access } from './access.js';
import { address, get, put, remove } from './api.js';
import { actionButton, confirmDialog, showDialog } from './dialog.js';
import { announce, h, keyed, moment, setNote, setText } from './dom.js';
import { hearEvents } from './events.js';
import { between, bytes, count, plural, span } from './format.js';
import { toQuery } from './filestime.js';

/** So many are asked for at a time. */
const PAGE = 50;

/** The most that the server gives at once. */
const MOST = 1000;

const keyOf = (segment) => `${segment.recording}/${segment.number}`;

/**
 * The list.
 *
 * @param name gives a recording's name
 * @param changed called when a file was deleted or protected here
 */
export function fileList({ name, changed }) {
  const rows = h('tbody');
  const update = keyed(rows, keyOf, row);
  const problem = h('p', { class: 'problem', role: 'alert' });
  const none = h('div', { class: 'empty', hidden: true }, h('p', {}, 'No complete file has packets in this span.'), h('p', { class: 'small' }, 'A file is complete at its rotation, and when its recording stops.'));
  const loading = h('p', { class: 'loading', role: 'status' }, 'Loading…');
  const more = actionButton('Show more', showMore, { 'data-testid': 'more-files', class: '' });
  const table = h('div', { class: 'scroll', hidden: true }, h('table', { class: 'cards files', 'data-testid': 'files' },
    h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, 'From (UTC)'), h('th', { scope: 'col' }, 'Recording'), h('th', { scope: 'col', class: 'number' }, 'Span'),
      h('th', { scope: 'col', class: 'number' }, 'Packets'), h('th', { scope: 'col', class: 'number' }, 'Size'), h('th', {}, h('span', { class: 'unseen' }, 'Actions')))),
    rows));
  let wanted = null;
  let segments = [];
  let next = null;
  let turn = 0;
  const ended = new AbortController();

  const ask = (after, limit = PAGE) => get(`/segments?${toQuery(wanted)}&limit=${limit}${after ? `&after=${after}` : ''}`);

  async function showMore() {
    const mine = turn;
    const part = await ask(next);
    if (mine === turn) {
      add(part);
    }
  }

  function add(part) {
    segments = [...segments, ...part.segments];
    next = part.next;
    draw();
  }

  function draw() {
    update(segments);
    loading.hidden = true;
    none.hidden = segments.length > 0;
    table.hidden = segments.length === 0;
    more.hidden = !next;
  }

  /** Of the same wish, which only has become older, as many as are shown. */
  async function load(wish, isSame) {
    turn += 1;
    const mine = turn;
    wanted = wish;
    try {
      const part = await ask('', isSame ? Math.min(MOST, Math.max(PAGE, segments.length)) : PAGE);
      if (mine === turn) {
        segments = [];
        setNote(problem, '');
        add(part);
      }
    } catch (refused) {
      if (mine === turn) {
        loading.hidden = true;
        setNote(problem, refused.message);
      }
    }
  }

  function row(first) {
    let segment = first;
    const path = `/recordings/${first.recording}/segments/${first.number}`;
    const which = `file ${first.number} of ${name(first.recording)}`;
    const guarded = h('span', { class: 'tag', title: 'Retention never removes it.' }, 'protected');
    const recovered = h('span', { class: 'tag warn', title: first.recovered ?? '' }, 'recovered');
    recovered.hidden = !first.recovered;
    const size = h('span');
    const verdict = h('span', { class: 'tag', 'data-testid': 'verdict', hidden: true });
    const verify = access.analysts(actionButton('Verify', async () => {
      const found = await verified(path, ended.signal, (part) => setText(verify, `${Math.floor(part * 100)} %`)).finally(() => setText(verify, 'Verify'));
      if (!found) {
        return;
      }
      verdict.className = `tag ${{ ok: 'good', 'no hash': 'warn', 'no sidecar': 'warn' }[found.state] ?? 'bad'}`;
      setNote(verdict, found.state);
      verdict.title = found.reasons.join('; ');
      announce(`${which}: ${found.state}`);
      if (found.reasons.length > 0) {
        showDialog(`${which}: ${found.state}`, h('ul', {}, found.reasons.map((reason) => h('li', {}, reason))), 'verdict-dialog');
      }
    }, { class: 'small plain', 'data-testid': 'verify-file', 'aria-label': `Verify ${which}`, title: 'Reads it again and compares it with its hash and its sidecar' }));
    const protect = access.operators(actionButton('', async () => {
      const now = await put(`${path}/protection`, { protected: !segment.protected });
      segments = segments.map((one) => (keyOf(one) === keyOf(segment) ? { ...one, ...now } : one));
      draw();
      announce(now.protected ? `${which} is protected` : `${which} is no longer protected`);
    }, { class: 'small plain', 'data-testid': 'protect-file' }));
    const drop = access.operators(h('button', { type: 'button', class: 'small plain danger', 'data-testid': 'delete-file', 'aria-label': `Delete ${which}`, onclick: () => confirmDialog(
      `Delete ${which}?`, `${plural(segment.packets, 'packet')}, ${bytes(segment.storedBytes)}, are deleted for good.`, 'Delete', async () => {
        await remove(path);
        segments = segments.filter((one) => keyOf(one) !== keyOf(segment));
        draw();
        announce(`${which} is deleted`);
        changed();
      }) }, 'Delete'));
    return {
      element: h('tr', { 'data-file': keyOf(first) },
        h('td', { class: 'title figure nowrap' }, moment(first.first)),
        h('td', { 'data-label': 'Recording' }, h('span', {}, h('a', { class: 'row name', href: `#/recordings/${first.recording}` }, name(first.recording)), h('span', { class: 'tags' }, guarded, recovered, verdict))),
        h('td', { class: 'number', 'data-label': 'Span' }, span(between(first.first, first.last))),
        h('td', { class: 'number', 'data-label': 'Packets' }, count(first.packets)),
        h('td', { class: 'number', 'data-label': 'Size' }, size),
        h('td', { class: 'end' }, h('div', { class: 'actions' }, verify, protect, drop,
          access.analysts(h('a', { class: 'button small', download: '', 'data-testid': 'download-file', 'aria-label': `Download ${which}`, href: address(`${path}/file`) }, 'Download'))))),
      update(now) {
        segment = now;
        guarded.hidden = !now.protected;
        drop.hidden = now.protected;
        setText(size, bytes(now.storedBytes));
        size.title = `${plural(now.storedBytes, 'byte')} in ${now.storedFile}`;
        setText(protect, now.protected ? 'Unprotect' : 'Protect');
        protect.setAttribute('aria-label', now.protected ? `Let retention remove ${which}` : `Protect ${which} from retention`);
      },
    };
  }

  return {
    element: h('section', { class: 'panel', 'aria-label': 'Files of the selection' }, h('header', {}, h('h2', {}, 'Files')), problem, loading, table, none, h('div', { class: 'more' }, more)),
    load,
    end: () => ended.abort(),
  };
}

/** Verifies a file, and tells how far that is, from 0 to 1; null if the view was left before. */
async function verified(path, signal, tell) {
  let verdict = null;
  try {
    await hearEvents(`${path}/verification`, signal, (kind, told) => {
      if (kind === 'progress') {
        tell(told.of > 0 ? told.read / told.of : 0);
      } else if (kind === 'verdict') {
        verdict = told;
      }
    });
  } catch (problem) {
    if (!signal.aborted) {
      throw problem;
    }
  }
  if (!verdict && !signal.aborted) {
    throw new Error('Tapdeck has ended the connection before it was verified: try again.');
  }
  return verdict;
}
