// The two sides of conversations, clients and servers: what tells them apart, and where servers' packets go.

import { h } from './dom.js';
import { choice, field } from './fields.js';

/** What the server has a word for; for the last two, addresses follow. */
const SIDES = [
  ['', 'told apart as needed, by who begins'],
  ['auto', 'those who did not begin'],
  ['port', 'those with the lower port'],
  ['servers', 'these addresses'],
  ['clients', 'all but these addresses'],
];

const WITH_ADDRESSES = ['servers', 'clients'];

function parsePrefixes(text) {
  const prefixes = text.split(/[\s,]+/).filter(Boolean);
  if (prefixes.length === 0 || prefixes.some((one) => !/^[\da-f.:]+(\/\d{1,3})?$/i.test(one))) {
    throw new Error('Give addresses or networks, like 10.1.0.0/16, with commas between.');
  }
  return prefixes.join(',');
}

/**
 * The fields. `interfacesAre` tells which interfaces there are besides the one that is played to: those
 * of its namespace that may be played to.
 */
export function sidesFields() {
  const server = choice('Servers’ packets go to', 'serverInterface', [['', 'the same interface']], { 'data-testid': 'replay-server-interface' });
  const sides = choice('Servers are', 'sides', SIDES, { 'data-testid': 'replay-sides' });
  const addresses = field('Addresses', 'sideAddresses', { parse: parsePrefixes, required: true, class: 'mono', maxlength: '4000', hint: '10.1.0.0/16, 192.0.2.7, …' });
  const show = () => {
    addresses.element.hidden = !WITH_ADDRESSES.includes(sides.input.value);
    addresses.input.disabled = addresses.element.hidden;
  };
  sides.input.addEventListener('change', show);
  show();
  return {
    fields: { serverInterface: server, sides: { ...sides, tell: (wrong) => (addresses.input.disabled ? sides : addresses).tell(wrong) } },
    element: h('div', { class: 'fields' }, h('div', { class: 'pair' }, server.element, sides.element), addresses.element),
    interfacesAre(names) {
      const kept = server.input.value;
      server.input.replaceChildren(h('option', { value: '' }, 'the same interface'), ...names.map((name) => h('option', { value: name }, name)));
      server.input.value = names.includes(kept) ? kept : '';
    },
    read: () => ({
      serverInterface: server.input.value || null,
      sides: addresses.input.disabled ? sides.input.value || null : `${sides.input.value}=${addresses.read()}`,
    }),
  };
}
