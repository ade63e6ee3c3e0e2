// The guests, each with its button: all traffic of that guest, now.

import { newId, put } from './api.js';
import { openDialog } from './dialog.js';
import { h, keyed, setText } from './dom.js';
import { parseDuration, parseSize } from './format.js';
import { live } from './live.js';

export function guestList(viewer) {
  const element = h('div', { class: 'guests', 'data-testid': 'guests' });
  const update = keyed(element, (guest) => guest.id, () => row(viewer));
  return { element, update: (mirrors) => update(mirrors?.guests ?? []) };
}

function row(viewer) {
  const name = h('strong');
  const where = h('p', { class: 'soft small' });
  let guest;
  const record = h('button', { class: 'small', 'data-testid': 'record-guest', onclick: () => recordGuest(guest) }, 'Record');
  return {
    element: h('div', { class: 'guest' }, h('div', { class: 'grow' }, name, where), viewer.may('operator') && record),
    update(now) {
      guest = now;
      setText(name, guest.name);
      setText(where, `${guest.host} · ${guest.nics.map((nic) => nic.ips[0] ?? nic.mac).join(', ')}`);
      record.dataset.guest = guest.name;
      record.setAttribute('aria-label', `Record guest ${guest.name}`);
    },
  };
}

function recordGuest(guest) {
  const name = h('input', { name: 'name', required: true, maxlength: '100', value: `Guest ${guest.name}` });
  const rotate = h('input', { name: 'rotate', value: '1GiB', required: true });
  const keep = h('input', { name: 'keep', value: '10GiB' });
  const stop = h('input', { name: 'stop', placeholder: 'when you stop it' });
  openDialog({
    title: `Record guest ${guest.name}`,
    testid: 'record-guest-dialog',
    confirmTestid: 'start-recording',
    action: 'Record',
    content: [
      h('p', { class: 'soft' }, 'All that it sends and receives is mirrored to a NIC made for this, and recorded there. The mirror goes away with the recording\'s end.'),
      h('label', {}, 'Name', name),
      h('div', { class: 'pair' },
        h('label', {}, 'New file every', rotate),
        h('label', {}, 'Keep at most', keep, h('span', { class: 'hint' }, 'the oldest files go first; empty: all')),
        h('label', {}, 'Stop after', stop, h('span', { class: 'hint' }, 'like 10m or 2h'))),
    ],
    submit: async () => {
      const id = newId();
      const recording = await put(`/recordings/${id}`, {
        name: name.value,
        guest: guest.id,
        rotateSize: parseSize(rotate.value),
        keepBytes: keep.value.trim() ? parseSize(keep.value) : null,
        stopAfterTime: stop.value.trim() ? parseDuration(stop.value) : null,
      });
      live.learn(recording);
      location.hash = `#/recordings/${id}`;
    },
  });
}
