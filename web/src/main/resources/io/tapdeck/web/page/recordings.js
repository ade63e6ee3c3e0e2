// All recordings, and the dialog that starts one.

import { get, newId, post, put } from './api.js';
import { actionButton, openDialog } from './dialog.js';
import { announce, h, keyed, replace, setText } from './dom.js';
import { bytes, count, localTime, parseCount, parseDuration, parseSize, time } from './format.js';
import { live } from './live.js';
import { stateKind, statePill } from './state.js';

export function show(main, viewer) {
  const rows = h('tbody');
  const update = keyed(rows, (recording) => recording.id, (recording) => row(recording, viewer));
  const table = h('div', { class: 'scroll' }, h('table', { class: 'cards', 'data-testid': 'recordings' },
    h('thead', {}, h('tr', {}, ['Name', 'State', 'Interface'].map((name) => h('th', { scope: 'col' }, name)),
      ['Received', 'Dropped', 'On disk'].map((name) => h('th', { scope: 'col', class: 'number' }, name)),
      h('th', { scope: 'col' }, 'Started (UTC)'), h('th', {}, h('span', { class: 'unseen' }, 'Actions')))),
    rows));
  const none = h('div', { class: 'empty' }, h('p', {}, 'There are no recordings yet.'),
    viewer.may('operator') && h('button', { onclick: () => startDialog() }, 'Start the first'));
  const loading = h('p', { class: 'loading', role: 'status' }, 'Loading…');
  main.append(
    h('div', { class: 'heading' }, h('h1', { class: 'grow' }, 'Recordings'),
      viewer.may('operator') && h('button', { class: 'main', onclick: () => startDialog(), 'data-testid': 'new-recording' }, 'Start a recording')),
    h('section', { class: 'panel' }, loading, table, none));
  const refresh = () => {
    loading.hidden = live.recordings !== null;
    table.hidden = !live.recordings?.length;
    none.hidden = live.recordings === null || live.recordings.length > 0;
    update(live.recordings ?? []);
  };
  refresh();
  return { title: 'Recordings', end: live.subscribe(refresh) };
}

/** Stops a recording; says when it has. */
export function stopButton(recording, attributes = {}) {
  return actionButton('Stop', async () => {
    live.learn(await post(`/recordings/${recording.id}/stop`));
    announce(`${recording.name} has been stopped`);
  }, { 'data-testid': 'stop', 'aria-label': `Stop ${recording.name}`, ...attributes });
}

function row(first, viewer) {
  const name = h('a', { class: 'row', href: `#/recordings/${first.id}` });
  const pill = statePill(first);
  const where = h('td', { 'data-label': 'Interface' });
  const received = h('td', { class: 'number', 'data-label': 'Received' });
  const dropped = h('td', { class: 'number', 'data-label': 'Dropped' });
  const disk = h('td', { class: 'number', 'data-label': 'On disk' });
  const started = h('td', { 'data-label': 'Started (UTC)', class: 'figure' });
  const stop = viewer.may('operator') ? stopButton(first) : null;
  return {
    element: h('tr', { class: 'linked', 'data-recording': first.id },
      h('td', { class: 'title' }, name), h('td', { 'data-label': 'State' }, pill), where, received, dropped, disk, started,
      h('td', { class: 'end' }, h('div', { class: 'actions' }, stop))),
    update(recording) {
      const drops = recording.figures.droppedKernel + recording.figures.droppedInterface;
      setText(name, recording.name);
      setText(pill, recording.state);
      pill.className = `state ${stateKind(recording.state)}`;
      pill.title = recording.reason;
      setText(where, recording.interface + (recording.netns ? ` in ${recording.netns}` : ''));
      setText(received, count(recording.figures.received));
      setText(dropped, count(drops));
      setText(disk, bytes(recording.segments.bytes));
      setText(started, time(recording.startedAt));
      started.title = localTime(recording.startedAt);
      if (stop) {
        stop.hidden = !['recording', 'starting', 'waiting'].includes(recording.state);
      }
    },
  };
}

/** An input whose text is read by a parser when the form goes out; empty is null. */
function optional(label, name, parse, attributes, hint) {
  const input = h('input', { name, spellcheck: 'false', ...attributes });
  return {
    element: h('label', {}, label, input, hint && h('span', { class: 'hint' }, hint)),
    read() {
      if (!input.value.trim()) {
        return null;
      }
      try {
        return parse(input.value);
      } catch (wrong) {
        input.focus();
        throw new Error(`${label}: ${wrong.message}`);
      }
    },
  };
}

function filterField() {
  const input = h('input', { name: 'filter', class: 'mono', spellcheck: 'false', autocomplete: 'off', maxlength: '4096', placeholder: 'all packets', 'aria-describedby': 'filter-verdict' });
  const verdict = h('span', { class: 'hint', id: 'filter-verdict', 'aria-live': 'polite', 'data-testid': 'filter-verdict' }, 'a pcap filter, like: udp port 53');
  let timer = 0;
  let asked = 0;
  input.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const number = ++asked;
      const text = input.value.trim();
      const told = text ? await post('/filters/check', { filter: text }).catch((problem) => ({ valid: false, detail: problem.message })) : null;
      if (number !== asked) {
        return;
      }
      input.setAttribute('aria-invalid', told ? String(!told.valid) : 'false');
      verdict.className = !told ? 'hint' : told.valid ? 'right' : 'wrong';
      verdict.textContent = !told ? 'a pcap filter, like: udp port 53' : told.valid ? 'This filter is valid.' : told.detail;
    }, 250);
  });
  return { input, element: h('label', {}, 'Filter', input, verdict) };
}

/** The interfaces by namespace, tap NICs first. */
export function interfaceField(usable, why) {
  const select = h('select', { name: 'interface', required: true, 'data-testid': 'interface' }, h('option', { value: '' }, 'Loading…'));
  const hint = h('span', { class: 'hint' });
  const ready = get('/interfaces').then((all) => {
    const groups = new Map();
    for (const nic of [...all].sort(byUse)) {
      const place = nic.kind === 'tap' ? 'Mirrored traffic arrives here' : nic.netns ? `Namespace ${nic.netns}` : 'This machine';
      groups.set(place, [...(groups.get(place) ?? []), nic]);
    }
    replace(select, h('option', { value: '' }, 'Choose an interface'),
      [...groups].map(([place, nics]) => h('optgroup', { label: place }, nics.map((nic) => {
        const off = why(nic);
        return h('option', { value: JSON.stringify([nic.name, nic.netns]), disabled: Boolean(off) },
          [nic.name, nic.kind === 'tap' && nic.netns ? `in ${nic.netns}` : '', `(${nic.tapService ? nic.tapService.name : nic.kind})`, off ? `– ${off}` : '']
            .filter(Boolean).join(' '));
      }))));
    hint.textContent = all.some((nic) => !why(nic)) ? '' : usable;
  }, (problem) => {
    replace(select, h('option', { value: '' }, 'No interfaces'));
    hint.className = 'wrong';
    hint.textContent = problem.message;
  });
  return {
    element: h('label', {}, 'Interface', select, hint),
    ready,
    read() {
      if (!select.value) {
        throw new Error('Choose an interface.');
      }
      const [name, netns] = JSON.parse(select.value);
      return { interface: name, netns };
    },
  };
}

function byUse(a, b) {
  const rank = (nic) => (nic.kind === 'tap' ? 0 : nic.netns === null ? 1 : 2);
  return rank(a) - rank(b) || (a.netns ?? '').localeCompare(b.netns ?? '') || a.name.localeCompare(b.name);
}

export function startDialog() {
  const name = h('input', { name: 'name', required: true, maxlength: '100', placeholder: 'what people will look for' });
  const nic = interfaceField('There is no interface that can be recorded.', (one) => (one.up ? '' : 'down'));
  const filter = filterField();
  const rotateSize = optional('By size', 'rotateSize', parseSize, { value: '1GiB' }, 'at most so large');
  const rotateEvery = optional('By time', 'rotateEvery', parseDuration, { placeholder: 'never' }, 'on the clock, like 60s or 1h');
  const keepBytes = optional('In all', 'keepBytes', parseSize, { placeholder: 'no limit' }, 'like 100GiB');
  const keepFiles = optional('Files', 'keepFiles', parseCount, { placeholder: 'no limit' });
  const keepAge = optional('For', 'keepAge', parseDuration, { placeholder: 'ever' }, 'like 7d');
  const keepFree = optional('Keep free (%)', 'keepFree', parseCount, { placeholder: 'no limit' }, 'of the disk');
  const stopTime = optional('Time', 'stopAfterTime', parseDuration, { placeholder: 'never' }, 'like 10m');
  const stopBytes = optional('Size', 'stopAfterBytes', parseSize, { placeholder: 'never' });
  const stopPackets = optional('Packets', 'stopAfterPackets', parseCount, { placeholder: 'never' });
  const direction = h('select', { name: 'direction' },
    [['auto', 'automatic: received ones on a tap NIC, else both'], ['both', 'both'], ['in', 'received'], ['out', 'sent']]
      .map(([value, text]) => h('option', { value }, text)));
  const snaplen = optional('Bytes of each packet', 'snaplen', parseCount, { placeholder: 'all' });
  openDialog({
    title: 'Start a recording',
    testid: 'start-dialog',
    confirmTestid: 'start-recording',
    action: 'Start',
    content: [
      h('label', {}, 'Name', name),
      nic.element,
      filter.element,
      h('fieldset', {}, h('legend', {}, 'A new file'), h('div', { class: 'pair' }, rotateSize.element, rotateEvery.element)),
      h('details', {}, h('summary', {}, 'What is kept, when it stops, and more'),
        h('div', { class: 'fields' },
          h('fieldset', {}, h('legend', {}, 'Keep; the oldest files go first'), h('div', { class: 'pair' }, keepBytes.element, keepFiles.element, keepAge.element, keepFree.element)),
          h('fieldset', {}, h('legend', {}, 'Stop after'), h('div', { class: 'pair' }, stopTime.element, stopBytes.element, stopPackets.element)),
          h('div', { class: 'pair' }, h('label', {}, 'Direction', direction), snaplen.element))),
    ],
    submit: async () => {
      const id = newId();
      const wish = {
        name: name.value,
        ...nic.read(),
        filter: filter.input.value.trim(),
        direction: direction.value,
        rotateEvery: rotateEvery.read(),
        keepBytes: keepBytes.read(),
        keepFiles: keepFiles.read(),
        keepAge: keepAge.read(),
        keepFree: keepFree.read(),
        stopAfterTime: stopTime.read(),
        stopAfterBytes: stopBytes.read(),
        stopAfterPackets: stopPackets.read(),
      };
      for (const [field, value] of [['rotateSize', rotateSize.read()], ['snaplen', snaplen.read()]]) {
        if (value !== null) {
          wish[field] = value;
        }
      }
      live.learn(await put(`/recordings/${id}`, wish));
      location.hash = `#/recordings/${id}`;
    },
  });
}
