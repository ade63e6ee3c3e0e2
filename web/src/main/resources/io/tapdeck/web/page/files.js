// What is on disk, over all recordings: along the time, and file by file.

import { access } from './access.js';
import { address, get } from './api.js';
import { h, keyed, replace, setNote, setText } from './dom.js';
import { field } from './fields.js';
import { fileList } from './fileslist.js';
import { timeLine } from './filesline.js';
import { around, CLOSEST, ofField, toField, toQuery } from './filestime.js';
import { bytes, count, plural, span } from './format.js';
import { live } from './live.js';
import { uploadButton } from './recordings.js';
import { dropsOn } from './upload.js';

/** How many pieces can be told apart side by side. */
const STEPS = 600;

/** What changes is drawn again no more often, and asked for again after a selection no sooner. */
const PAUSE = { change: 2_000, selection: 250, failure: 5_000 };

export function show(main) {
  let whole = null;
  let view = null;
  let choice = null;
  let known = '';
  let ended = false;
  let turn = 0;
  let changeTimer = 0;
  let choiceTimer = 0;
  let again = 0;

  const name = (id) => live.recordings?.find((one) => one.id === id)?.name ?? 'a recording';
  const line = timeLine({ name, selected, seen: (next) => look(next) });
  const list = fileList({ name, changed: () => look(isAll() ? null : view) });
  const sums = selectionSums(name);
  const problem = h('p', { class: 'problem', role: 'alert' });
  const loading = h('p', { class: 'loading', role: 'status' }, 'Loading…');
  const none = h('div', { class: 'empty', hidden: true }, h('p', {}, 'There are no files yet.'), h('p', { class: 'small' }, 'A file is complete at its rotation, and when its recording stops. Captures that others made can be uploaded.'),
    h('a', { class: 'button', href: '#/recordings' }, 'Recordings'));
  const seen = h('span', { class: 'soft small figure' });
  const from = timeField('From (UTC)', 'from');
  const to = timeField('To (UTC)', 'to');
  const button = (words, act, testid) => h('button', { type: 'button', class: 'small', onclick: act, 'data-testid': testid }, words);
  const form = h('form', { class: 'span-fields', onsubmit: (event) => {
    event.preventDefault();
    write();
  } }, from.element, to.element, h('div', { class: 'actions' },
    h('button', { class: 'small main', 'data-testid': 'select-span' }, 'Select'), button('Select all', () => selected(null, true), 'select-all')));
  const body = h('div', { class: 'body fields', hidden: true }, line.element, form);
  const zoom = h('div', { class: 'actions', hidden: true },
    button('Zoom in', () => whole && line.zoomIn(), 'zoom-in'), button('Zoom out', () => whole && line.zoomOut(), 'zoom-out'), button('Show all', () => whole && look(whole), 'show-all'));
  const drawn = h('section', { class: 'panel', 'aria-label': 'Time line' },
    h('header', {}, h('h2', {}, 'Time line'), seen, zoom),
    problem, loading, none, body);
  replace(main, h('div', { class: 'heading' }, h('h1', { class: 'grow' }, 'Files'), uploadButton()), drawn, sums.element, list.element);

  const isAll = () => !view || (view.from === whole.from && view.to === whole.to);

  /** Looks at a part of the time; at all there is if none is given. */
  async function look(part) {
    turn += 1;
    const mine = turn;
    clearTimeout(again);
    try {
      const timeline = await get(`/timeline?steps=${STEPS}${part ? `&${toQuery(part)}` : ''}`);
      if (mine === turn && !ended) {
        draw(timeline, part);
      }
    } catch (refused) {
      if (mine === turn) {
        loading.hidden = true;
        setNote(problem, refused.message);
        again = setTimeout(() => look(part), PAUSE.failure);
      }
    }
  }

  function draw(timeline, part) {
    setNote(problem, '');
    loading.hidden = true;
    const empty = !timeline.first;
    none.hidden = !empty;
    body.hidden = zoom.hidden = sums.element.hidden = list.element.hidden = empty;
    if (empty) {
      view = whole = null;
      return;
    }
    whole = around(timeline.first, timeline.last);
    view = part ?? whole;
    setText(seen, `${span((view.to - view.from) / 1000)}, ${plural(timeline.lanes.length, 'recording')}`);
    line.draw(timeline, view, whole);
    if (!choice && !form.contains(document.activeElement)) {
      fill(whole);
    }
    list.load(choice ?? whole, true);
    sums.load(choice ?? whole);
  }

  function fill(wish) {
    from.input.value = toField(wish.from);
    to.input.value = toField(wish.to);
  }

  /** Of a selection that goes on, only the fields follow at once. */
  function selected(next, done) {
    choice = next;
    line.select(next);
    const wish = next ?? whole;
    if (!wish) {
      return;
    }
    fill(wish);
    clearTimeout(choiceTimer);
    if (done) {
      choiceTimer = setTimeout(() => {
        list.load(wish);
        sums.load(wish);
      }, next ? PAUSE.selection : 0);
    }
  }

  /** Selects what the fields say, and looks there if that is elsewhere. */
  function write() {
    try {
      const wish = { from: from.read() ?? whole.from, to: to.read() ?? whole.to };
      if (wish.to <= wish.from) {
        throw new Error('The end is not after the beginning: nothing is between.');
      }
      setNote(problem, '');
      selected(wish, true);
      if (wish.from < view.from || wish.to > view.to) {
        const margin = Math.max(CLOSEST, Math.round((wish.to - wish.from) / 10));
        look({ from: wish.from - margin, to: wish.to + margin });
      }
    } catch (wrong) {
      setNote(problem, wrong.message);
    }
  }

  function refresh() {
    const now = JSON.stringify((live.recordings ?? []).map(({ id, name: word, segments }) => [id, word, segments]));
    if (!live.recordings || now === known) {
      return;
    }
    known = now;
    clearTimeout(changeTimer);
    changeTimer = setTimeout(() => (line.isDragged() ? (known = '') : look(isAll() ? null : view)), turn ? PAUSE.change : 0);
  }
  const unsubscribe = live.subscribe(refresh);
  const drops = dropsOn(main);
  return {
    title: 'Files',
    end() {
      ended = true;
      drops.end();
      clearTimeout(changeTimer);
      clearTimeout(choiceTimer);
      clearTimeout(again);
      unsubscribe();
      line.end();
      list.end();
    },
  };
}

/** A field for a date and a time, in UTC. */
const timeField = (label, name) => field(label, name, {
  class: 'figure', 'data-testid': `span-${name}`,
  parse: (text) => {
    const millis = ofField(text);
    if (Number.isNaN(millis)) {
      throw new Error('Give a time in UTC, like 2026-11-28 14:17:30.');
    }
    return millis;
  },
});

/** What each recording has in the selection. */
function selectionSums(name) {
  const rows = h('tbody');
  const update = keyed(rows, (lane) => lane.recording, (first) => row(first, name));
  const problem = h('p', { class: 'problem', role: 'alert' });
  let turn = 0;
  return {
    element: h('section', { class: 'panel', 'aria-label': 'Selection' }, h('header', {}, h('h2', {}, 'Selection')), problem,
      h('div', { class: 'scroll' }, h('table', { class: 'cards', 'data-testid': 'selection' },
        h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, 'Recording'), h('th', { scope: 'col', class: 'number' }, 'Files'), h('th', { scope: 'col', class: 'number' }, 'Packets'), h('th', { scope: 'col', class: 'number' }, 'On disk'), h('th', {}, h('span', { class: 'unseen' }, 'Actions')))), rows))),
    async load(wish) {
      turn += 1;
      const mine = turn;
      try {
        const { lanes } = await get(`/timeline?steps=1&${toQuery(wish)}`);
        if (mine === turn) {
          setNote(problem, '');
          update(lanes.map((lane) => ({ ...lane, wish })));
        }
      } catch (refused) {
        if (mine === turn) {
          setNote(problem, refused.message);
        }
      }
    },
  };
}

function row(first, name) {
  const files = h('td', { class: 'number', 'data-label': 'Files' });
  const packets = h('td', { class: 'number', 'data-label': 'Packets' });
  const size = h('td', { class: 'number', 'data-label': 'On disk' });
  const title = h('a', { class: 'row name', href: `#/recordings/${first.recording}` });
  const whole = (format) => access.analysts(h('a', {
    class: 'button small', download: '', 'data-testid': `span-${format}`, title: 'All packets of the selection in one file, in the order of time', 'aria-label': `Download the selection of ${name(first.recording)} as one ${format}`,
  }, `One ${format}`));
  const wholes = ['pcap', 'pcapng'].map((format) => [format, whole(format)]);
  const archives = ['zip', 'tar'].map((format) => [format, access.analysts(h('a', {
    class: 'button small', download: '', 'data-testid': `archive-${format}`, title: 'All files of the selection, as they are stored', 'aria-label': `Download the files of ${name(first.recording)} as ${format}`,
  }, `Files as ${format}`))]);
  return {
    element: h('tr', { 'data-recording': first.recording }, h('td', { class: 'title' }, title), files, packets, size,
      h('td', { class: 'end' }, h('div', { class: 'actions' }, [...wholes, ...archives].map(([, link]) => link)))),
    update(lane) {
      if (access.may('analyst')) {
        wholes.forEach(([format, link]) => { link.href = address(`/recordings/${lane.recording}/span?${toQuery(lane.wish)}&format=${format}`); });
        archives.forEach(([format, link]) => { link.href = address(`/recordings/${lane.recording}/archive?${toQuery(lane.wish)}&format=${format}`); });
      }
      setText(title, name(lane.recording));
      setText(files, count(lane.segments));
      setText(packets, count(lane.packets));
      setText(size, bytes(lane.bytes));
    },
  };
}
