// Schedules: recordings that start and stop by the calendar, and what became of their windows.

import { access } from './access.js';
import { get, put, remove } from './api.js';
import { actionButton, confirmDialog } from './dialog.js';
import { announce, h, keyed, moment, replace, setMoment, setNote, setText } from './dom.js';
import { time } from './format.js';
import { live } from './live.js';
import { placeOf } from './recordings.js';
import { scheduleDialog } from './schedule.js';

/** What is shown is asked for anew after so long. */
const PAUSE = 5_000;

const DAYS = { MONDAY: 'Mon', TUESDAY: 'Tue', WEDNESDAY: 'Wed', THURSDAY: 'Thu', FRIDAY: 'Fri', SATURDAY: 'Sat', SUNDAY: 'Sun' };

const COLUMNS = ['Name', 'Records', 'When', 'Next (UTC)', 'Last (UTC)'];

/** Of each window; the words are those of the server. */
const KINDS = { running: 'good', done: 'off', failed: 'bad', missed: 'bad' };

const SHOWN = 8;

export function show(main) {
  const rows = h('tbody');
  const problem = h('p', { class: 'problem', role: 'alert' });
  const loading = h('p', { class: 'loading', role: 'status' }, 'Loading…');
  const begin = () => scheduleDialog(null, load);
  const none = h('div', { class: 'empty', hidden: true }, h('p', {}, 'There are no schedules yet.'), h('p', { class: 'small' }, 'A schedule starts a recording at times of the week, or once, and stops it again.'),
    access.operators(h('button', { onclick: begin }, 'Make the first')));
  const table = h('div', { class: 'scroll', hidden: true }, h('table', { class: 'cards', 'data-testid': 'schedules' },
    h('thead', {}, h('tr', {}, COLUMNS.map((name) => h('th', { scope: 'col' }, name)), h('th', {}, h('span', { class: 'unseen' }, 'Actions')))), rows));
  const update = keyed(rows, (schedule) => schedule.id, (schedule) => row(schedule, load));
  let ended = false;
  async function load() {
    try {
      const all = await get('/recording_schedules');
      if (!ended) {
        update(all);
        none.hidden = all.length > 0;
        table.hidden = all.length === 0;
      }
      setNote(problem, '');
    } catch (refused) {
      setNote(problem, refused.message);
    }
    loading.hidden = true;
  }
  setNote(problem, '');
  main.append(
    h('div', { class: 'heading' },
      h('a', { href: '#/recordings', class: 'button plain', 'aria-label': 'All recordings' }, '‹'), h('h1', { class: 'grow' }, 'Schedules'),
      access.operators(h('button', { class: 'main', 'data-testid': 'new-schedule', onclick: begin }, 'New schedule'))),
    problem,
    h('section', { class: 'panel', 'aria-label': 'All schedules' }, loading, table, none));
  load();
  const timer = setInterval(load, PAUSE);
  return {
    title: 'Schedules',
    end() {
      ended = true;
      clearInterval(timer);
    },
  };
}

const clock = (text) => text.slice(0, 5);

function when({ weekly, once }) {
  return weekly
    ? `${weekly.days.length === 7 ? 'every day' : weekly.days.map((day) => DAYS[day]).join(', ')} ${clock(weekly.from)}–${clock(weekly.to)} ${weekly.zone}`
    : `once, ${time(once.from)} – ${time(once.to)} UTC`;
}

const what = ({ guest, ...place }) =>
  placeOf({ ...place, guest: guest && { name: live.mirrors?.guests.find(({ id }) => id === guest)?.name ?? guest } });

/** As the server takes it. */
const wishOf = ({ name, enabled, guest, interface: nic, netns, template, settings, timetable }) =>
  ({ name, enabled, guest, interface: nic, netns, template, settings, timetable });

const outcome = ({ from, state, detail }) => h('li', { 'data-outcome': state },
  h('span', { class: `state ${KINDS[state] ?? 'off'}` }, state), h('span', { class: 'figure nowrap small' }, moment(from)), detail && h('span', { class: 'small soft name' }, detail));

/** A list of outcomes that is drawn again only if they are others. */
function outcomeList() {
  const list = h('ul', { class: 'outcomes' });
  let drawn = '';
  return {
    list,
    update(outcomes) {
      const now = JSON.stringify(outcomes);
      if (now !== drawn) {
        drawn = now;
        replace(list, outcomes.map(outcome));
      }
    },
  };
}

/** What became of its windows: the last, and those before it on demand. */
function outcomesCell() {
  const last = outcomeList();
  const before = outcomeList();
  const none = h('span', { class: 'soft' }, 'nothing yet');
  const more = h('details', {}, h('summary', { class: 'small' }, 'Before'), before.list);
  return {
    element: h('td', { 'data-label': COLUMNS[4] }, h('div', {}, none, last.list, more)),
    update(outcomes) {
      last.update(outcomes.slice(0, 1));
      before.update(outcomes.slice(1, SHOWN));
      none.hidden = outcomes.length > 0;
      last.list.hidden = outcomes.length === 0;
      more.hidden = outcomes.length < 2;
    },
  };
}

function nextCell() {
  const until = h('time');
  const running = h('p', {}, 'runs until ', until);
  const next = h('time');
  const then = h('p', {}, 'then ', next);
  return {
    element: h('td', { 'data-label': COLUMNS[3], class: 'figure', 'data-testid': 'next' }, h('div', {}, running, then)),
    update({ runningTo, next: window }) {
      running.hidden = !runningTo;
      setMoment(until, runningTo);
      then.hidden = Boolean(runningTo) && !window;
      setText(then.firstChild, runningTo ? 'then ' : '');
      setMoment(next, window?.from);
    },
  };
}

function row(first, changed) {
  let schedule = first;
  const path = `/recording_schedules/${first.id}`;
  const link = h('a', { class: 'row name' });
  const plain = h('strong', { class: 'name' });
  const off = h('span', { class: 'tag' }, 'disabled');
  const records = h('td', { 'data-label': COLUMNS[1], class: 'name' });
  const times = h('td', { 'data-label': COLUMNS[2], class: 'name' });
  const next = nextCell();
  const outcomes = outcomesCell();
  const toggle = access.operators(actionButton('', async () => {
    const { enabled, name } = schedule;
    await put(path, { ...wishOf(schedule), enabled: !enabled });
    announce(`${name} is ${enabled ? 'disabled' : 'enabled'}`);
    await changed();
  }, { 'data-testid': 'toggle-schedule' }));
  const edit = access.operators(h('button', { class: 'small', 'data-testid': 'change-schedule', onclick: () => scheduleDialog(schedule, changed) }, 'Change'));
  const drop = access.operators(h('button', { class: 'small danger', 'data-testid': 'delete-schedule', onclick: () =>
    confirmDialog(`Delete schedule ${schedule.name}?`, 'A recording that it has started is stopped, and stays with its files.', 'Delete', async () => {
      await remove(path);
      await changed();
    }) }, 'Delete'));
  return {
    element: h('tr', { 'data-schedule': first.id },
      h('td', { class: 'title' }, link, plain, ' ', off), records, times, next.element, outcomes.element,
      h('td', { class: 'end' }, h('div', { class: 'actions' }, toggle, edit, drop))),
    update(now) {
      schedule = now;
      const isThere = Boolean(live.recordings?.some(({ id }) => id === now.recording));
      link.hidden = !isThere;
      plain.hidden = isThere;
      link.href = `#/recordings/${now.recording}`;
      [link, plain].forEach((one) => setText(one, now.name));
      off.hidden = now.enabled;
      setText(records, what(now));
      setText(times, when(now.timetable));
      next.update(now);
      outcomes.update(now.outcomes);
      const word = now.enabled ? 'Disable' : 'Enable';
      setText(toggle, word);
      for (const [button, verb] of [[toggle, word], [edit, 'Change'], [drop, 'Delete']]) {
        button.setAttribute('aria-label', `${verb} ${now.name}`);
      }
    },
  };
}
