// The guests, each with its button: all traffic of that guest, now.

import { access } from './access.js';
import { h, keyed, replace, setNote, setText } from './dom.js';
import { live } from './live.js';
import { guestDialog } from './start.js';
import { isRunning, stateText } from './state.js';

/** With more guests than this there is a field to find one. */
const FEW = 12;

export function guestList() {
  const list = h('div', { class: 'guests', 'data-testid': 'guests' });
  const search = h('input', { type: 'search', placeholder: 'Find a guest', 'aria-label': 'Find a guest', oninput: () => show() });
  const none = h('p', { class: 'soft small' });
  const update = keyed(list, (guest) => guest.id, row);
  let mirrors = null;
  const show = () => {
    const guests = mirrors?.guests ?? [];
    const wanted = search.value.trim().toLowerCase();
    const found = wanted ? guests.filter((guest) => words(guest).includes(wanted)) : guests;
    search.hidden = guests.length <= FEW;
    update(found.map((guest) => ({ ...guest, flows: mirrors.flows.filter((flow) => flow.guestId === guest.id) })));
    setNote(none, guests.length && !found.length ? 'No guest is called so.' : '');
  };
  return {
    element: h('div', { class: 'guest-list' }, search, none, list),
    update(now) {
      mirrors = now;
      show();
    },
  };
}

const words = (guest) => [guest.name, guest.host, ...guest.nics.flatMap((nic) => [nic.mac, ...nic.ips])].join(' ').toLowerCase();

function row() {
  const name = h('strong', { class: 'name' });
  const place = h('p', { class: 'soft small' });
  const mirrored = h('p', { class: 'small mirrored' });
  let guest;
  const record = access.operators(h('button', { class: 'small record', 'data-testid': 'record-guest', onclick: () => guestDialog(guest) }, 'Record'));
  return {
    element: h('div', { class: 'guest' }, h('div', { class: 'grow' }, name, place, mirrored), record),
    update(now) {
      guest = now;
      setText(name, now.name);
      setText(place, `${now.host} · ${now.nics.map((nic) => nic.ips[0] ?? nic.mac).join(', ') || 'no NIC'}`);
      record.dataset.guest = now.name;
      record.setAttribute('aria-label', `Record guest ${now.name}`);
      const recordings = (live.recordings ?? []).filter((one) => one.guest?.id === now.id && isRunning(one));
      const state = JSON.stringify([recordings.map((one) => [one.id, one.name, one.state]), now.flows.map((flow) => [flow.id, flow.tap, flow.state])]);
      if (mirrored.dataset.state !== state) {
        mirrored.dataset.state = state;
        replace(mirrored,
          recordings.map((one) => h('span', {}, stateText(one), ' ', h('a', { class: 'name', href: `#/recordings/${one.id}` }, one.name))),
          now.flows.filter((flow) => !recordings.some((one) => one.mirror?.serviceId === flow.tapId)).map((flow) => h('span', {}, stateText(flow), ' ', h('span', { class: 'soft' }, '→ ', h('span', { class: 'name' }, flow.tap)))));
      }
    },
  };
}
