// The dialogs that make a mirror's destination and its sources.

import { post, put, wishIds } from './api.js';
import { openDialog } from './dialog.js';
import { h } from './dom.js';
import { choice, field } from './fields.js';
import { live } from './live.js';

const nothing = { hosts: [], guests: [], services: [] };

const named = () => field('Name', 'name', { required: true, maxlength: '100' });

export function serviceDialog() {
  const { hosts, guests } = live.mirrors ?? nothing;
  const idOf = wishIds();
  const name = named();
  const type = choice('Copies go to', 'type', [['host', 'a NIC on a host, for a recorder there'], ['guest', 'a NIC added to a guest'], ['port', 'a free physical NIC of a host']]);
  const host = choice('Host', 'host', hosts.map((one) => [one.name, one.local ? `${one.name} (this machine)` : one.name]), { required: true });
  const guest = choice('Guest', 'guest', guests.map((one) => [one.id, `${one.name} on ${one.host}`]), { required: true });
  const mac = field('Its MAC address', 'macAddr', { required: true, placeholder: '02:00:00:00:00:01', hint: 'free: no address, no route, no bridge' });
  const show = () => {
    for (const [one, wanted] of [[host, type.input.value !== 'guest'], [guest, type.input.value === 'guest'], [mac, type.input.value === 'port']]) {
      one.element.hidden = !wanted;
      one.input.disabled = !wanted;
    }
  };
  type.input.addEventListener('change', show);
  show();
  openDialog({
    title: 'New mirror destination', action: 'Make and enable', doing: 'Making…', testid: 'service-dialog', confirmTestid: 'make-service',
    content: [name.element, type.element, host.element, guest.element, mac.element],
    submit: async () => {
      const toGuest = type.input.value === 'guest';
      const wish = {
        name: name.read(),
        type: toGuest ? 'guest' : 'host',
        targetId: toGuest ? guest.input.value : host.input.value,
        ...(type.input.value === 'port' ? { macAddr: mac.read() } : {}),
      };
      const id = idOf(wish);
      await put(`/tap-services/${id}`, wish);
      await post(`/tap-services/${id}/enable`);
    },
  });
}

export function flowDialog() {
  const { guests, services } = live.mirrors ?? nothing;
  const idOf = wishIds();
  const name = named();
  const guest = choice('Guest', 'guest', guests.map((one) => [one.id, `${one.name} on ${one.host}`]), { required: true });
  const nic = choice('NIC', 'nic', []);
  const tap = choice('To', 'tap', services.map((one) => [one.id, `${one.name}, on ${one.target}`]), { required: true });
  const direction = choice('What', 'direction', [['BOTH', 'all that it sends and receives'], ['IN', 'what the guest receives'], ['OUT', 'what the guest sends']]);
  const nics = () => guests.find((one) => one.id === guest.input.value)?.nics ?? [];
  const showNics = () => {
    nic.input.replaceChildren(...nics().map((one) => h('option', { value: one.mac }, [one.mac, ...one.ips, `on ${one.bridge}`].join(' · '))));
    nic.element.hidden = nics().length < 2;
  };
  guest.input.addEventListener('change', showNics);
  showNics();
  openDialog({
    title: 'New mirror source', action: 'Mirror', doing: 'Making…', testid: 'flow-dialog', confirmTestid: 'make-flow',
    content: [
      services.length === 0 && h('p', { class: 'notice' }, 'There is no destination yet: make one first.'),
      name.element, guest.element, nic.element, direction.element, tap.element],
    submit: async () => {
      const wish = {
        name: name.read(), type: 'vnic', tapId: tap.input.value, guestId: guest.input.value, direction: direction.input.value,
        ...(nic.input.value ? { macAddr: nic.input.value } : {}),
      };
      await put(`/tap-flows/${idOf(wish)}`, wish);
    },
  });
}
