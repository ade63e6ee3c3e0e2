// The files of a recording, newest first: to download, to keep, to replay.

import { access } from './access.js';
import { address, get, put } from './api.js';
import { actionButton } from './dialog.js';
import { announce, h, keyed, moment, setNote, setText } from './dom.js';
import { between, bytes, count, plural, span } from './format.js';
import { replayDialog } from './replay.js';

/** The most that the server gives at once. */
const PAGE = 1000;

/** So many rows are shown at first, and more when asked. */
const ROWS = 25;

/** All segments of a recording after one, oldest first. */
export async function segmentsOf(recording, after = 0) {
  const all = [];
  for (;;) {
    const last = all.at(-1)?.number ?? after;
    const page = await get(`/recordings/${recording}/segments?limit=${PAGE}&after=${last}`);
    all.push(...page);
    if (page.length < PAGE) {
      return all;
    }
  }
}

export function segmentList(recording) {
  const id = recording.id;
  const rows = h('tbody');
  const total = h('span', { class: 'soft small figure' });
  const none = h('div', { class: 'empty' }, h('p', {}, 'No file is complete yet.'), h('p', { class: 'small' }, 'A file is complete at its rotation, and when the recording stops.'));
  const problem = h('p', { class: 'problem', role: 'alert' });
  const more = h('button', { onclick: () => { shown += ROWS; draw(); } });
  const chosen = new Set();
  const all = h('input', { type: 'checkbox', 'aria-label': 'Choose all files', onchange: () => {
    segments.forEach(({ number }) => (all.checked ? chosen.add(number) : chosen.delete(number)));
    draw();
  } });
  const replay = access.analysts(h('button', { class: 'small', 'data-testid': 'replay-recording', onclick: () => replayDialog(recording, chosen.size ? [...chosen].sort((a, b) => a - b) : null) }));
  const soFar = access.analysts(h('a', { class: 'button small', download: '', 'data-testid': 'download-current', title: 'The file that is being written, up to its last whole packet', href: address(`/recordings/${id}/segments/current/file`) }, 'Download so far'));
  const table = h('div', { class: 'scroll' }, h('table', { class: 'segments', 'data-testid': 'segments' },
    h('thead', {}, h('tr', {}, h('th', { class: 'pick' }, all), h('th', { scope: 'col' }, 'From (UTC)'), h('th', { scope: 'col', class: 'number' }, 'Span'),
      h('th', { scope: 'col', class: 'number' }, 'Packets'), h('th', { scope: 'col', class: 'number' }, 'Size'), h('th', { scope: 'col' }, 'File'), h('th', {}, h('span', { class: 'unseen' }, 'Actions')))),
    rows));
  const update = keyed(rows, (segment) => segment.number, row);
  let segments = [];
  let shown = ROWS;
  let known = '';
  let busy = false;
  let ended = false;

  function row(first) {
    let segment = first;
    const number = first.number;
    const pick = h('input', { type: 'checkbox', 'aria-label': `Choose file ${number}`, onchange: () => {
      (pick.checked ? chosen.add(number) : chosen.delete(number));
      draw();
    } });
    const notes = h('span', { class: 'tags' });
    const guarded = h('span', { class: 'tag' }, 'protected');
    const recovered = h('span', { class: 'tag warn' }, 'recovered');
    notes.append(guarded, recovered);
    const protect = access.operators(actionButton('', async () => {
      const wish = !segment.protected;
      await put(`/recordings/${id}/segments/${number}/protection`, { protected: wish });
      segments = segments.map((one) => (one.number === number ? { ...one, protected: wish } : one));
      draw();
      announce(wish ? `File ${number} is protected` : `File ${number} is no longer protected`);
    }, { class: 'small plain', 'data-testid': 'protect' }));
    return {
      element: h('tr', { 'data-segment': number },
        h('td', { class: 'pick' }, pick),
        h('td', { class: 'title figure nowrap' }, moment(first.first)),
        h('td', { class: 'number span', 'data-label': 'Span' }, span(between(first.first, first.last))),
        h('td', { class: 'number packets', 'data-label': 'Packets' }, count(first.packets)),
        h('td', { class: 'number size', 'data-label': 'Size', title: plural(first.bytes, 'byte') }, bytes(first.bytes)),
        h('td', { class: 'file' }, h('span', { class: 'mono soft name' }, first.file), notes),
        h('td', { class: 'end' }, h('div', { class: 'actions' }, protect,
          access.analysts(h('a', { class: 'button small', download: '', 'data-testid': 'download', 'aria-label': `Download file ${number}`, href: address(`/recordings/${id}/segments/${number}/file`) }, 'Download'))))),
      update(now) {
        segment = now;
        pick.checked = chosen.has(number);
        guarded.hidden = !now.protected;
        guarded.title = 'Retention never removes it.';
        recovered.hidden = !now.recovered;
        recovered.title = now.recovered ?? '';
        setText(protect, now.protected ? 'Unprotect' : 'Protect');
        protect.setAttribute('aria-label', now.protected ? `Let retention remove file ${number}` : `Protect file ${number} from retention`);
      },
    };
  }

  /** Asks for what is new; for all, if others went meanwhile. */
  async function load() {
    busy = true;
    try {
      const last = segments.at(-1)?.number ?? 0;
      let found = [...segments, ...await segmentsOf(id, last)];
      if (last > 0 && found.length !== recording.segments.count) {
        found = await segmentsOf(id);
      }
      segments = found;
      setNote(problem, '');
    } catch (refused) {
      known = '';
      setNote(problem, refused.message);
    } finally {
      busy = false;
    }
    if (!ended) {
      draw();
    }
  }

  function draw() {
    const there = new Set(segments.map((segment) => segment.number));
    chosen.forEach((number) => there.has(number) || chosen.delete(number));
    update(segments.slice(-shown).reverse());
    none.hidden = segments.length > 0 || busy;
    table.hidden = segments.length === 0;
    more.hidden = segments.length <= shown;
    setText(more, `Show more: ${plural(segments.length - shown, 'older file')}`);
    all.checked = chosen.size > 0 && chosen.size === segments.length;
    all.indeterminate = chosen.size > 0 && chosen.size < segments.length;
    replay.hidden = segments.length === 0;
    soFar.hidden = recording.state !== 'recording';
    setText(replay, chosen.size ? `Replay ${plural(chosen.size, 'file')}…` : 'Replay all…');
    setText(total, `${plural(recording.segments.count, 'file')} · ${plural(recording.segments.packets, 'packet')} · ${bytes(recording.segments.bytes)}`);
  }

  return {
    element: h('section', { class: 'panel', 'aria-label': 'Files' }, h('header', {}, h('h2', {}, 'Files'), total, soFar, replay), problem, table, none, h('div', { class: 'more' }, more)),
    update(now) {
      recording = now;
      const state = JSON.stringify(now.segments);
      if (state !== known && !busy) {
        known = state;
        load();
      }
      draw();
    },
    end() {
      ended = true;
    },
  };
}
