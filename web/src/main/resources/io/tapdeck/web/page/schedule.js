// The dialog of a schedule: what is recorded, how, and when.

import { put, wishIds } from './api.js';
import { openDialog } from './dialog.js';
import { announce, h } from './dom.js';
import { choice, field, refusedAt } from './fields.js';
import { recordedInterface } from './interfaces.js';
import { parseClock, parseMoment, time } from './format.js';
import { live } from './live.js';
import { placeOf } from './recordings.js';
import { settingsFields, templateChoice } from './settings.js';

const DAYS = [['MONDAY', 'Mon'], ['TUESDAY', 'Tue'], ['WEDNESDAY', 'Wed'], ['THURSDAY', 'Thu'], ['FRIDAY', 'Fri'], ['SATURDAY', 'Sat'], ['SUNDAY', 'Sun']];

const check = (label, name, checked) => {
  const input = h('input', { type: 'checkbox', name, checked });
  return { input, element: h('label', { class: 'check' }, input, label) };
};

export function scheduleDialog(schedule, changed) {
  const idOf = wishIds();
  const name = field('Name', 'name', { required: true, maxlength: '100', value: schedule?.name ?? '', hint: 'of the schedule and of its recording' });
  const place = placeFields(schedule);
  const settings = settingsFields();
  const own = h('fieldset', { class: 'bare fields' }, settings.elements);
  const showOwn = (wanted) => {
    own.hidden = !wanted;
    // What is not seen is not asked for.
    own.disabled = !wanted;
  };
  const template = templateChoice('settings of its own', (one) => showOwn(!one), schedule?.template);
  showOwn(!schedule?.template);
  if (schedule?.settings) {
    settings.fill(schedule.settings);
  }
  const times = timeFields(schedule?.timetable);
  const enabled = check('Enabled', 'enabled', schedule?.enabled ?? true);
  openDialog({
    title: schedule ? `Change schedule ${schedule.name}` : 'New schedule',
    testid: 'schedule-dialog',
    confirmTestid: 'save-schedule',
    action: schedule ? 'Change' : 'Make schedule',
    content: [name.element, ...place.elements, ...times.elements, template.element, own, enabled.element],
    submit: async () => {
      const chosen = template.read();
      const wish = {
        name: name.read(),
        enabled: enabled.input.checked,
        ...place.read(),
        ...(chosen ? { template: chosen } : { settings: settings.read() }),
        timetable: times.read(),
      };
      await refusedAt({ name, ...place.fields, ...times.fields, ...settings.fields }, () => put(`/recording_schedules/${schedule?.id ?? idOf(wish)}`, wish));
      announce(`Schedule ${wish.name} is saved`);
      await changed();
    },
  });
}

/** An interface, a guest, or what it is already: that need not be there now. */
function placeFields(schedule) {
  const guests = live.mirrors?.guests ?? [];
  const now = schedule && placeOf({ ...schedule, guest: schedule.guest && { name: guests.find(({ id }) => id === schedule.guest)?.name ?? schedule.guest } });
  const kind = choice('Record', 'place', [...(schedule ? [['same', `${now}, as before`]] : []), ['interface', 'an interface'], ...(guests.length ? [['guest', 'a guest']] : [])], { 'data-testid': 'place' });
  const nic = recordedInterface(() => {});
  const guest = choice('Guest', 'guest', guests.map(({ id, name }) => [id, name]));
  const select = nic.element.querySelector('select');
  const show = () => {
    nic.element.hidden = kind.input.value !== 'interface';
    // One that is not seen cannot be filled in.
    select.required = kind.input.value === 'interface';
    guest.element.hidden = kind.input.value !== 'guest';
  };
  kind.input.addEventListener('change', show);
  show();
  return {
    fields: { interface: nic, guest },
    elements: [kind.element, nic.element, guest.element],
    read() {
      switch (kind.input.value) {
        case 'same': return { guest: schedule.guest, interface: schedule.interface, netns: schedule.netns };
        case 'guest': return { guest: guest.input.value };
        default: return nic.read();
      }
    },
  };
}

/** Seconds are shown only where there are any. */
const toClock = (text) => text.slice(0, 8).replace(/(\d\d:\d\d):00$/, '$1');

function timeFields(timetable) {
  const { weekly, once } = timetable ?? {};
  const zones = Intl.supportedValuesOf('timeZone');
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const kind = choice('When', 'when', [['weekly', 'on days of the week'], ['once', 'once']], { 'data-testid': 'when' });
  const days = DAYS.map(([value, label]) => ({ value, ...check(label, value, weekly ? weekly.days.includes(value) : true) }));
  const from = field('From', 'from', { required: true, parse: parseClock, value: weekly ? toClock(weekly.from) : '22:00' });
  const to = field('To', 'to', { required: true, parse: parseClock, value: weekly ? toClock(weekly.to) : '06:00' });
  const zone = field('Time zone', 'zone', { required: true, list: 'zones', value: weekly?.zone ?? here ?? 'UTC', hint: 'like Europe/Berlin' });
  const moment = (label, name, value) => field(label, name, { required: true, parse: parseMoment, value: value ? time(value) : '', placeholder: '2026-07-01 12:00', hint: 'or with an offset, 14:00+02:00' });
  const begin = moment('From (UTC)', 'begin', once?.from);
  const end = moment('To (UTC)', 'end', once?.to);
  const eachWeek = h('fieldset', {}, h('legend', {}, 'Each week'),
    h('div', { class: 'days' }, days.map((day) => day.element)),
    h('div', { class: 'trio' }, from.element, to.element, zone.element),
    h('datalist', { id: 'zones' }, zones.map((value) => h('option', { value }))),
    h('p', { class: 'hint' }, 'An end that is not later than the begin is on the next day.'));
  const oneTime = h('fieldset', {}, h('legend', {}, 'Once'), h('div', { class: 'pair moments' }, begin.element, end.element));
  const show = () => {
    const isWeekly = kind.input.value === 'weekly';
    eachWeek.hidden = !isWeekly;
    oneTime.hidden = isWeekly;
    // One that is not seen cannot be filled in.
    [from, to, zone].forEach(({ input }) => { input.disabled = !isWeekly; });
    [begin, end].forEach(({ input }) => { input.disabled = isWeekly; });
  };
  kind.input.value = once ? 'once' : 'weekly';
  kind.input.addEventListener('change', show);
  show();
  return {
    fields: { from, to, zone },
    elements: [kind.element, eachWeek, oneTime],
    read() {
      if (kind.input.value === 'once') {
        return { once: { from: begin.read(), to: end.read() } };
      }
      const chosen = days.filter(({ input }) => input.checked).map(({ value }) => value);
      if (chosen.length === 0) {
        throw new Error('Choose at least one day of the week.');
      }
      return { weekly: { days: chosen, from: from.read(), to: to.read(), zone: zone.read() } };
    },
  };
}
