// Schedules: recordings that start and stop by the calendar, and what became of their windows.

import { access } from './access.js';
import { get, put, remove } from './api.js';
import { actionButton, confirmDialog } from './dialog.js';
import { announce, h, moment, replace, setNote } from './dom.js';
import { time } from './format.js';
import { live } from './live.js';
import { scheduleDialog } from './schedule.js';

/** What is shown is asked for anew after so long. */
const PAUSE = 5_000;

const DAYS = { MONDAY: 'Mon', TUESDAY: 'Tue', WEDNESDAY: 'Wed', THURSDAY: 'Thu', FRIDAY: 'Fri', SATURDAY: 'Sat', SUNDAY: 'Sun' };

const COLUMNS = ['Name', 'Records', 'When', 'Next (UTC)', 'Last'];

/** Of each window; the words are those of the server. */
const KINDS = { running: 'good', done: 'off', failed: 'bad', missed: 'bad' };

const SHOWN = 8;

export function show(main) {
  const rows = h('tbody');
  const problem = h('p', { class: 'problem', role: 'alert' });
  const loading = h('p', { class: 'loading', role: 'status' }, 'Loading…');
  const none = h('div', { class: 'empty', hidden: true }, h('p', {}, 'There are no schedules yet.'), h('p', { class: 'small' }, 'A schedule starts a recording at times of the week, or once, and stops it again.'));
  const table = h('div', { class: 'scroll', hidden: true }, h('table', { class: 'cards', 'data-testid': 'schedules' },
    h('thead', {}, h('tr', {}, COLUMNS.map((name) => h('th', { scope: 'col' }, name)), h('th', {}, h('span', { class: 'unseen' }, 'Actions')))), rows));
  let drawn = '';
  let ended = false;
  const load = async () => {
    try {
      const all = await get('/recording_schedules');
      const state = JSON.stringify([all, live.recordings?.map(({ id }) => id)]);
      if (!ended && state !== drawn) {
        drawn = state;
        replace(rows, all.map((schedule) => row(schedule, load)));
        none.hidden = all.length > 0;
        table.hidden = all.length === 0;
      }
      setNote(problem, '');
    } catch (refused) {
      setNote(problem, refused.message);
    }
    loading.hidden = true;
  };
  setNote(problem, '');
  main.append(
    h('div', { class: 'heading' },
      h('a', { href: '#/recordings', class: 'button plain', 'aria-label': 'All recordings' }, '‹'), h('h1', { class: 'grow' }, 'Schedules'),
      access.operators(h('button', { class: 'main', 'data-testid': 'new-schedule', onclick: () => scheduleDialog(null, load) }, 'New schedule'))),
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

function what(schedule) {
  const guest = live.mirrors?.guests.find(({ id }) => id === schedule.guest)?.name ?? schedule.guest;
  return schedule.guest ? `guest ${guest}` : schedule.netns ? `${schedule.interface} in ${schedule.netns}` : schedule.interface;
}

/** As the server takes it. */
const wishOf = ({ name, enabled, guest, interface: nic, netns, template, settings, timetable }) =>
  ({ name, enabled, guest, interface: nic, netns, template, settings, timetable });

function outcome({ from, state, detail }) {
  return h('li', { 'data-outcome': state }, h('span', { class: `state ${KINDS[state] ?? 'off'}` }, state), h('span', { class: 'figure nowrap small' }, moment(from)), detail && h('span', { class: 'small soft name' }, detail));
}

function row(schedule, changed) {
  const path = `/recording_schedules/${schedule.id}`;
  const isThere = live.recordings?.some(({ id }) => id === schedule.recording);
  const [last, ...before] = schedule.outcomes.slice(0, SHOWN);
  return h('tr', { 'data-schedule': schedule.id },
    h('td', { class: 'title' }, isThere ? h('a', { class: 'row name', href: `#/recordings/${schedule.recording}` }, schedule.name) : h('strong', { class: 'name' }, schedule.name),
      !schedule.enabled && h('span', { class: 'tag' }, 'disabled')),
    h('td', { 'data-label': COLUMNS[1], class: 'name' }, what(schedule)),
    h('td', { 'data-label': COLUMNS[2], class: 'name' }, when(schedule.timetable)),
    h('td', { 'data-label': COLUMNS[3], class: 'figure', 'data-testid': 'next' },
      schedule.runningTo && h('p', {}, 'runs until ', moment(schedule.runningTo)),
      schedule.next ? moment(schedule.next.from) : schedule.runningTo ? false : '–'),
    h('td', { 'data-label': COLUMNS[4] }, last ? h('ul', { class: 'outcomes' }, outcome(last)) : 'nothing yet',
      before.length > 0 && h('details', {}, h('summary', { class: 'small' }, 'Before'), h('ul', { class: 'outcomes' }, before.map(outcome)))),
    h('td', { class: 'end' }, h('div', { class: 'actions' },
      access.operators(actionButton(schedule.enabled ? 'Disable' : 'Enable', async () => {
        await put(path, { ...wishOf(schedule), enabled: !schedule.enabled });
        announce(`${schedule.name} is ${schedule.enabled ? 'disabled' : 'enabled'}`);
        await changed();
      }, { 'data-testid': 'toggle-schedule', 'aria-label': `${schedule.enabled ? 'Disable' : 'Enable'} ${schedule.name}` })),
      access.operators(h('button', { class: 'small', 'data-testid': 'change-schedule', 'aria-label': `Change ${schedule.name}`, onclick: () => scheduleDialog(schedule, changed) }, 'Change')),
      access.operators(h('button', { class: 'small danger', 'data-testid': 'delete-schedule', 'aria-label': `Delete ${schedule.name}`, onclick: () =>
        confirmDialog(`Delete schedule ${schedule.name}?`, 'A recording that it has started is stopped, and stays with its files.', 'Delete', async () => {
          await remove(path);
          await changed();
        }) }, 'Delete')))));
}
