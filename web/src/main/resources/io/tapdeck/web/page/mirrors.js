// Mirror destinations and sources: how they stand, and changing them.

import { newId, post, put, remove } from './api.js';
import { actionButton, confirmDialog, openDialog } from './dialog.js';
import { h, keyed, setText } from './dom.js';
import { guestList } from './guests.js';
import { live } from './live.js';
import { stateKind, statePill } from './state.js';
import { topology } from './topology.js';

export function show(main, viewer) {
  const drawn = topology();
  const note = h('div', { class: 'empty' });
  const guests = guestList(viewer);
  const services = list('service', viewer, ['Destination', 'State', 'Target', 'NIC'], (service) => [service.target + (service.type === 'guest' ? ' (guest)' : ''), service.nic || '–']);
  const flows = list('flow', viewer, ['Source', 'State', 'Guest', 'Direction, to'], (flow) => [flow.guest, `${flow.direction} → ${flow.tap}`]);
  const panel = (title, ...content) => h('section', { class: 'panel', 'aria-label': title }, content);
  main.append(
    h('div', { class: 'heading' }, h('h1', { class: 'grow' }, 'Mirrors'),
      viewer.may('operator') && h('button', { onclick: serviceDialog, 'data-testid': 'new-service' }, 'New destination'),
      viewer.may('operator') && h('button', { class: 'main', onclick: flowDialog, 'data-testid': 'new-flow' }, 'New source')),
    panel('Topology', note, drawn.element),
    panel('Destinations', h('header', {}, h('h2', {}, 'Destinations (tap services)')), services.element),
    panel('Sources', h('header', {}, h('h2', {}, 'Sources (tap flows)')), flows.element),
    panel('Guests', h('header', {}, h('h2', {}, 'Guests')), h('p', { class: 'unseen' }, 'Each can be recorded at once'), guests.element));
  const end = live.subscribe(() => {
    const mirrors = live.mirrors;
    const reason = !mirrors ? 'Loading…'
      : !mirrors.connected ? `The northbound does not answer: ${mirrors.detail || 'is it running?'}`
        : mirrors.hosts.length === 0 ? 'No host has reported yet: start "tapdeck agent" beside its Open vSwitch.' : '';
    setText(note, reason);
    note.hidden = !reason;
    drawn.update(reason ? null : mirrors);
    services.update(mirrors?.services ?? []);
    flows.update(mirrors?.flows ?? []);
    guests.update(mirrors);
  });
  return { title: 'Mirrors', end };
}

function list(kind, viewer, headings, columns) {
  const rows = h('tbody');
  const none = h('div', { class: 'empty' }, kind === 'service' ? 'No destination yet: make one where a recorder can listen.' : 'No source yet: nothing is mirrored.');
  const table = h('div', { class: 'scroll' }, h('table', { class: 'cards', 'data-testid': `${kind}s` },
    h('thead', {}, h('tr', {}, headings.map((name) => h('th', { scope: 'col' }, name)), h('th', {}, h('span', { class: 'unseen' }, 'Actions')))), rows));
  const update = keyed(rows, (thing) => thing.id, (thing) => row(kind, thing, viewer, headings, columns));
  return {
    element: h('div', {}, table, none),
    update(things) {
      update(things);
      table.hidden = things.length === 0;
      none.hidden = things.length > 0;
    },
  };
}

function row(kind, first, viewer, headings, columns) {
  let thing = first;
  const path = `/tap-${kind}s/${first.id}`;
  const name = h('strong');
  const pill = statePill(first);
  const reason = h('p', { class: 'small soft' });
  const cells = headings.slice(2).map((heading) => h('td', { 'data-label': heading }));
  const toggle = actionButton('', () => post(`${path}/${thing.enabled ? 'disable' : 'enable'}`), { 'data-testid': `toggle-${kind}` });
  const drop = h('button', { class: 'small danger', onclick: () =>
    confirmDialog(`Delete ${thing.name}`, kind === 'flow' ? 'Nothing more is copied from this source.' : 'The NIC that it made goes away.', 'Delete', () => remove(path)) }, 'Delete');
  return {
    element: h('tr', { [`data-${kind}`]: first.name },
      h('td', { class: 'title' }, name, reason), h('td', { 'data-label': 'State' }, pill), cells,
      h('td', { class: 'end' }, viewer.may('operator') && h('div', { class: 'actions' }, toggle, drop))),
    update(now) {
      thing = now;
      setText(name, now.name);
      setText(pill, now.state);
      pill.className = `state ${stateKind(now.state)}`;
      pill.dataset.state = now.state;
      setText(reason, now.reason);
      reason.hidden = !now.reason;
      columns(now).forEach((text, i) => setText(cells[i], text));
      setText(toggle, now.enabled ? 'Disable' : 'Enable');
      toggle.setAttribute('aria-label', `${now.enabled ? 'Disable' : 'Enable'} ${now.name}`);
      drop.setAttribute('aria-label', `Delete ${now.name}`);
    },
  };
}

const options = (things, text) => things.map((thing) => h('option', { value: thing.id ?? thing.name }, text(thing)));

function serviceDialog() {
  const mirrors = live.mirrors ?? { hosts: [], guests: [] };
  const name = h('input', { required: true, maxlength: '100' });
  const type = h('select', {}, h('option', { value: 'host' }, 'a NIC on a host, for a recorder there'), h('option', { value: 'guest' }, 'a NIC added to a guest'));
  const host = h('select', {}, mirrors.hosts.map((one) => h('option', { value: one.name }, one.name + (one.local ? ' (this machine)' : ''))));
  const guest = h('select', {}, options(mirrors.guests, (one) => `${one.name} on ${one.host}`));
  const hostLabel = h('label', {}, 'Host', host);
  const guestLabel = h('label', { hidden: true }, 'Guest', guest);
  type.addEventListener('change', () => {
    hostLabel.hidden = type.value !== 'host';
    guestLabel.hidden = type.value !== 'guest';
  });
  openDialog({
    title: 'New mirror destination', action: 'Make and enable', testid: 'service-dialog', confirmTestid: 'make-service',
    content: [h('label', {}, 'Name', name), h('label', {}, 'Copies go to', type), hostLabel, guestLabel],
    submit: async () => {
      const id = newId();
      await put(`/tap-services/${id}`, { name: name.value, type: type.value, targetId: type.value === 'host' ? host.value : guest.value });
      await post(`/tap-services/${id}/enable`);
    },
  });
}

function flowDialog() {
  const mirrors = live.mirrors ?? { services: [], guests: [] };
  const name = h('input', { required: true, maxlength: '100' });
  const guest = h('select', { required: true }, options(mirrors.guests, (one) => `${one.name} on ${one.host}`));
  const nic = h('select', {});
  const nicLabel = h('label', {}, 'NIC', nic);
  const tap = h('select', { required: true }, options(mirrors.services, (one) => `${one.name} (${one.target})`));
  const direction = h('select', {}, [['BOTH', 'both'], ['IN', 'what the guest receives'], ['OUT', 'what the guest sends']].map(([value, text]) => h('option', { value }, text)));
  const chooseNic = () => {
    const nics = mirrors.guests.find((one) => one.id === guest.value)?.nics ?? [];
    nic.replaceChildren(...nics.map((one) => h('option', { value: one.mac }, [one.mac, ...one.ips].join(' '))));
    nicLabel.hidden = nics.length < 2;
  };
  guest.addEventListener('change', chooseNic);
  chooseNic();
  openDialog({
    title: 'New mirror source', action: 'Mirror', testid: 'flow-dialog', confirmTestid: 'make-flow',
    content: [
      mirrors.services.length === 0 && h('p', { class: 'problem' }, 'There is no destination yet: make one first.'),
      h('label', {}, 'Name', name), h('label', {}, 'Guest', guest), nicLabel, h('label', {}, 'Direction', direction), h('label', {}, 'To', tap)],
    submit: () => put(`/tap-flows/${newId()}`, { name: name.value, type: 'vnic', tapId: tap.value, guestId: guest.value, macAddr: nic.value || null, direction: direction.value }),
  });
}
