// The dialog that makes or changes a mirror's destination.

import { patch, post, put, wishIds } from './api.js';
import { h } from './dom.js';
import { choice, field, refusedAt } from './fields.js';
import { parseBitRate } from './format.js';
import { live } from './live.js';
import { plannedDialog } from './mirror-plan.js';

const NOTHING = { hosts: [], guests: [] };
const KINDS = [['host', 'a NIC on a host, for a recorder there'], ['guest', 'a NIC added to a guest'], ['port', 'a free physical NIC of a host']];

const named = (value) => field('Name', 'name', { required: true, maxlength: '100', value });

/** As it is written and read again: "500Mbit". */
function rateText(rate) {
  const unit = [['Tbit', 1e12], ['Gbit', 1e9], ['Mbit', 1e6], ['kbit', 1e3]].find(([, size]) => rate % size === 0) ?? ['bit', 1];
  return rate ? `${rate / unit[1]}${unit[0]}` : '';
}

const limit = (rate = 0) => field('At most', 'maxRate', { parse: parseBitRate, value: rateText(rate), placeholder: 'no limit', hint: 'what each host sends to it, like 500Mbit; the rest is dropped and counted' });

export function serviceDialog() {
  const { hosts, guests } = live.mirrors ?? NOTHING;
  const idOf = wishIds();
  const name = named('');
  const type = choice('Copies go to', 'type', KINDS);
  const host = choice('Host', 'host', hosts.map((one) => [one.name, one.local ? `${one.name} (this machine)` : one.name]), { required: true });
  const guest = choice('Guest', 'guest', guests.map((one) => [one.id, `${one.name} on ${one.host}`]), { required: true });
  const mac = choice('NIC', 'macAddr', [], { required: true });
  const rate = limit();
  const isPort = () => type.input.value === 'port';
  const toGuest = () => type.input.value === 'guest';
  const showNics = () => {
    const nics = hosts.find((one) => one.name === host.input.value)?.nics ?? [];
    mac.input.replaceChildren(...(nics.length ? nics : [{ name: 'this host has none', mac: '', taken: '' }]).map((one) =>
      h('option', { value: one.mac, disabled: Boolean(one.taken) }, [one.name, one.mac, one.taken && `not free: it ${one.taken}`].filter(Boolean).join(' · '))));
  };
  const show = () => {
    for (const [one, wanted] of [[host, !toGuest()], [guest, toGuest()], [mac, isPort()]]) {
      one.element.hidden = !wanted;
      one.input.disabled = !wanted;
      one.tell('');
    }
  };
  host.input.addEventListener('change', showNics);
  type.input.addEventListener('change', show);
  showNics();
  show();
  const refused = (send) => refusedAt({ name, type, targetId: toGuest() ? guest : host, macAddr: mac, maxRate: rate }, send);
  plannedDialog({
    title: 'New mirror destination', action: 'Make and enable', testid: 'service-dialog', confirmTestid: 'make-service',
    content: [name.element, type.element, host.element, guest.element, mac.element, rate.element],
    read: () => {
      const most = rate.read();
      return {
        name: name.read(),
        type: toGuest() ? 'guest' : 'host',
        targetId: toGuest() ? guest.input.value : host.input.value,
        ...(isPort() ? { macAddr: mac.input.value } : {}),
        ...(most ? { maxRate: most } : {}),
      };
    },
    plan: (wish) => refused(() => post(`/tap_services/${idOf(wish)}/plan`, { create: wish, enable: true })),
    apply: async (wish) => {
      const id = idOf(wish);
      await refused(() => put(`/tap_services/${id}`, wish));
      await post(`/tap_services/${id}/enable`);
    },
  });
}

export function changeService(service) {
  const name = named(service.name);
  const rate = limit(service.maxRate);
  const refused = (send) => refusedAt({ name, maxRate: rate }, send);
  plannedDialog({
    title: `Change destination ${service.name}`, action: 'Change', testid: 'service-dialog', confirmTestid: 'make-service',
    content: [name.element, rate.element],
    read: () => {
      const now = { name: name.read(), maxRate: rate.read() ?? 0 };
      const change = Object.entries(now).filter(([key, value]) => value !== service[key]);
      return change.length > 0 ? Object.fromEntries(change) : null;
    },
    plan: (change) => refused(() => post(`/tap_services/${service.id}/plan`, { change })),
    apply: (change) => refused(() => patch(`/tap_services/${service.id}`, change)),
  });
}
