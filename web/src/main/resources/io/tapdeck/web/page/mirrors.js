// Mirrors: where copies come from and where they go, how they stand, and changing them.

import { access } from './access.js';
import { post } from './api.js';
import { actionButton } from './dialog.js';
import { h, keyed, setNote, setText } from './dom.js';
import { bitRate, time } from './format.js';
import { guestList } from './guests.js';
import { live } from './live.js';
import { changeFlow, flowDialog } from './mirror-flow.js';
import { deleteDialog } from './mirror-plan.js';
import { verifyDialog } from './mirror-verify.js';
import { changeService, serviceDialog } from './mirror.js';
import { setState, stateText } from './state.js';
import { topology } from './topology.js';

const WAYS = { BOTH: 'in and out', IN: 'in', OUT: 'out' };

const SERVICES = {
  kind: 'service',
  columns: ['Destination', 'State', 'On', 'NIC'],
  change: changeService,
  cells: (service) => [service.type === 'guest' ? `guest ${service.target}` : `host ${service.target}${service.macAddr ? `, NIC ${service.macAddr}` : ''}`, `${service.nic || '–'}${service.maxRate ? ` · at most ${bitRate(service.maxRate)}` : ''}`],
  none: 'There is no destination yet: make one where a recorder can listen, or record a guest.',
  warning: 'The NIC that it made goes away, and whoever listens there hears nothing more.',
};

const FLOWS = {
  kind: 'flow',
  columns: ['Source', 'State', 'From', 'Copied', 'To'],
  change: changeFlow,
  verify: verifyDialog,
  cells: (flow) => [flow.source, `${WAYS[flow.direction] ?? flow.direction}${flow.filter.length ? ' · filtered' : ''}${flow.truncate ? ` · ${flow.truncate} bytes` : ''}${flow.until ? ` · until ${time(flow.until)}` : ''}`, flow.tap],
  none: 'There is no source yet: nothing is mirrored.',
  warning: 'Nothing more is copied from this source.',
};

const panel = (title, content, header) => h('section', { class: 'panel', 'aria-label': title }, header && h('header', {}, h('h2', {}, title), header), content);

export function show(main) {
  const drawn = topology();
  const note = h('div', { class: 'empty', role: 'status' });
  const guests = guestList();
  const services = table(SERVICES);
  const flows = table(FLOWS);
  const lists = [
    panel('Sources', flows.element, h('span', { class: 'soft small' }, 'tap flows: what is copied')),
    panel('Destinations', services.element, h('span', { class: 'soft small' }, 'tap services: where copies go')),
    panel('Guests', guests.element, h('span', { class: 'soft small' }, 'each can be recorded at once'))];
  main.append(
    h('div', { class: 'heading' }, h('h1', { class: 'grow' }, 'Mirrors'),
      h('div', { class: 'actions' },
        access.operators(h('button', { onclick: serviceDialog, 'data-testid': 'new-service' }, 'New destination')),
        access.operators(h('button', { class: 'main', onclick: flowDialog, 'data-testid': 'new-flow' }, 'New source')))),
    panel('Topology', [note, drawn.element]), ...lists);
  const end = live.subscribe(() => {
    const why = whyNoMirrors();
    setNote(note, why);
    // Nothing is known of them: there is nothing to be seen below their titles.
    lists.forEach((one) => { one.hidden = Boolean(why); });
    drawn.update(why ? null : live.mirrors);
    services.update(live.mirrors?.services ?? [], !why);
    flows.update(live.mirrors?.flows ?? [], !why);
    guests.update(live.mirrors);
  });
  return {
    title: 'Mirrors',
    end() {
      end();
      drawn.end();
    },
  };
}

/** Why there is nothing to draw; empty if there is. */
export function whyNoMirrors() {
  const { mirrors } = live;
  if (!mirrors) {
    return 'Loading…';
  }
  if (!mirrors.connected) {
    return `The northbound, where mirrors are kept, does not answer: ${mirrors.detail || 'is it running?'}`;
  }
  return mirrors.hosts.length || mirrors.guests.length ? '' : 'No host has reported yet: start “tapdeck agent” on each, beside its Open vSwitch.';
}

function table(what) {
  const rows = h('tbody');
  const none = h('div', { class: 'empty' }, what.none);
  const whole = h('div', { class: 'scroll' }, h('table', { class: 'cards', 'data-testid': `${what.kind}s` },
    h('thead', {}, h('tr', {}, what.columns.map((name) => h('th', { scope: 'col' }, name)), h('th', {}, h('span', { class: 'unseen' }, 'Actions')))), rows));
  const update = keyed(rows, (thing) => thing.id, (thing) => row(what, thing));
  return {
    element: h('div', {}, whole, none),
    /** That there are none is known only while the northbound is heard. */
    update(things, isKnown) {
      update(things);
      whole.hidden = things.length === 0;
      none.hidden = things.length > 0 || !isKnown;
    },
  };
}

function row({ kind, columns, cells, change, verify, warning }, first) {
  let thing = first;
  const path = `/tap_${kind}s/${first.id}`;
  const name = h('strong', { class: 'name' });
  const state = stateText(first);
  const reason = h('p', { class: 'small soft' });
  const advice = h('p', { class: 'small', 'data-testid': 'advice' });
  const more = columns.slice(2).map((heading) => h('td', { 'data-label': heading, class: heading === 'Copied' ? 'nowrap' : 'name' }));
  const toggle = access.operators(actionButton('', () => post(`${path}/${thing.enabled ? 'disable' : 'enable'}`), { 'data-testid': `toggle-${kind}` }));
  const trace = verify && access.operators(h('button', { class: 'small', 'data-testid': `verify-${kind}`, onclick: () => verify(thing) }, 'Verify'));
  const edit = access.operators(h('button', { class: 'small', 'data-testid': `change-${kind}`, onclick: () => change(thing) }, 'Change'));
  const drop = access.operators(h('button', { class: 'small danger', 'data-testid': `delete-${kind}`, onclick: () =>
    deleteDialog(thing.name, warning, path) }, 'Delete'));
  const element = h('tr', {},
    h('td', { class: 'title' }, name, reason, advice), h('td', { 'data-label': 'State' }, state), more,
    h('td', { class: 'end' }, h('div', { class: 'actions' }, trace, toggle, edit, drop)));
  return {
    element,
    update(now) {
      thing = now;
      element.dataset[kind] = now.name;
      setText(name, now.name);
      setState(state, now);
      setNote(reason, now.reason);
      setNote(advice, now.advice && `To do: ${now.advice}.`);
      trace?.setAttribute('aria-label', `Verify ${now.name}`);
      cells(now).forEach((text, i) => setText(more[i], text));
      setText(toggle, now.enabled ? 'Disable' : 'Enable');
      toggle.setAttribute('aria-label', `${now.enabled ? 'Disable' : 'Enable'} ${now.name}`);
      edit.setAttribute('aria-label', `Change ${now.name}`);
      drop.setAttribute('aria-label', `Delete ${now.name}`);
    },
  };
}
