// All recordings.

import { access } from './access.js';
import { post } from './api.js';
import { actionButton } from './dialog.js';
import { announce, h, keyed, setMoment, setNote, setText } from './dom.js';
import { bitRate, bytes, count, packetRate } from './format.js';
import { live } from './live.js';
import { startDialog } from './start.js';
import { isRunning, setState, stateText } from './state.js';

/** With more recordings than this there is a field to find one. */
const FEW = 10;

const COLUMNS = [['Name'], ['State'], ['Interface'], ['Rate', 'number'], ['Received', 'number'], ['Dropped', 'number'], ['On disk', 'number'], ['Started (UTC)']];

export function show(main) {
  const rows = h('tbody');
  const update = keyed(rows, (recording) => recording.id, row);
  const table = h('div', { class: 'scroll' }, h('table', { class: 'cards', 'data-testid': 'recordings' },
    h('thead', {}, h('tr', {}, COLUMNS.map(([name, kind]) => h('th', { scope: 'col', class: kind }, name)), h('th', {}, h('span', { class: 'unseen' }, 'Actions')))),
    rows));
  const none = h('div', { class: 'empty' }, h('p', {}, 'There are no recordings yet.'), h('p', { class: 'small' }, 'Choose an interface, or record a guest from the overview.'),
    access.operators(h('button', { onclick: startDialog }, 'Start the first')));
  const unfound = h('p', { class: 'empty' });
  const loading = h('p', { class: 'loading', role: 'status' }, 'Loading…');
  const search = h('input', { type: 'search', placeholder: 'Find by name, interface, filter', 'aria-label': 'Find a recording', oninput: () => refresh() });
  main.append(
    h('div', { class: 'heading' }, h('h1', { class: 'grow' }, 'Recordings'), search,
      h('div', { class: 'actions' }, h('a', { class: 'button', href: '#/schedules' }, 'Schedules'), h('a', { class: 'button', href: '#/templates' }, 'Templates'), uploadButton(), startButton())),
    h('section', { class: 'panel', 'aria-label': 'All recordings' }, loading, table, none, unfound));
  function refresh() {
    const all = live.recordings;
    const wanted = search.value.trim().toLowerCase();
    const found = (all ?? []).filter((one) => [one.name, one.interface, one.netns ?? '', one.filter, one.guest?.name ?? ''].some((text) => text.toLowerCase().includes(wanted)));
    loading.hidden = all !== null;
    search.hidden = !wanted && (all ?? []).length <= FEW;
    none.hidden = all === null || all.length > 0;
    table.hidden = found.length === 0;
    setNote(unfound, all?.length && !found.length ? 'No recording has that.' : '');
    update(found);
  }
  refresh();
  return { title: 'Recordings', end: live.subscribe(refresh) };
}

/** The way to the dialog, on every view of recordings. */
export const startButton = () => access.operators(h('button', { class: 'main', onclick: startDialog, 'data-testid': 'new-recording' }, 'Start a recording'));

/** The way to the dialog that uploads captures, which is loaded then. */
export const uploadButton = () => access.operators(actionButton('Upload', () => import('./upload.js').then(({ uploadDialog }) => uploadDialog()), { class: '', 'data-testid': 'upload' }));

/** Stops a recording; says when it has. */
export function stopButton(recording, attributes = {}) {
  return access.operators(actionButton('Stop', async () => {
    live.learn('recordings', await post(`/recordings/${recording.id}/stop`));
    announce(`${recording.name} has been stopped`);
  }, { class: 'small stop', 'data-testid': 'stop', 'aria-label': `Stop ${recording.name}`, ...attributes }));
}

export const canStop = (recording) => isRunning(recording) && recording.state !== 'stopping';

function mirrorOf(nic) {
  const service = nic && live.mirrors?.services.find((one) => one.nic === nic);
  return service && `mirror ${service.name}`;
}

/** The interface of a recording; for a guest it is known only once the mirror is made. */
export const nicOf = ({ interface: name, netns }) => (name ? (netns ? `${name} in ${netns}` : name) : 'not known yet');

/** What a recording listens to; a mirror's NIC has a name that says nothing. */
export const placeOf = ({ interface: name, netns, guest, imported }) =>
  (imported && 'uploaded') || (guest && `guest ${guest.name}`) || mirrorOf(name) || nicOf({ interface: name, netns });

export const dropsOf = ({ figures }) => figures.droppedKernel + figures.droppedInterface;

export const explainDrops = ({ figures }) => `${count(figures.droppedKernel)} by the kernel, ${count(figures.droppedInterface)} by the interface`;

function row(first) {
  const cell = (index, attributes = {}) => h('td', { 'data-label': COLUMNS[index][0], class: COLUMNS[index][1], ...attributes });
  const name = h('a', { class: 'row name', href: `#/recordings/${first.id}` });
  const reason = h('p', { class: 'small soft' });
  const state = stateText(first);
  const place = cell(2, { class: 'name' });
  const rate = cell(3);
  const received = cell(4);
  const dropped = cell(5);
  const disk = cell(6);
  const started = h('time');
  const stop = stopButton(first);
  return {
    element: h('tr', { class: 'linked', 'data-recording': first.id },
      h('td', { class: 'title' }, name, reason), h('td', { 'data-label': COLUMNS[1][0] }, state), place, rate, received, dropped, disk,
      h('td', { 'data-label': COLUMNS[7][0], class: 'figure nowrap' }, started),
      h('td', { class: 'end' }, h('div', { class: 'actions' }, stop))),
    update(recording) {
      const now = live.rates(recording.id).now;
      const drops = dropsOf(recording);
      setText(name, recording.name);
      setNote(reason, recording.reason);
      setState(state, recording);
      setText(place, placeOf(recording));
      setText(rate, recording.state === 'recording' ? packetRate(now.packets) : '–');
      rate.title = recording.state === 'recording' ? bitRate(now.bits) : '';
      setText(received, count(recording.figures.received));
      setText(dropped, count(drops));
      dropped.title = explainDrops(recording);
      dropped.classList.toggle('alarm', drops > 0);
      setText(disk, bytes(recording.segments.bytes));
      setMoment(started, recording.startedAt);
      stop.hidden = !canStop(recording);
    },
  };
}
