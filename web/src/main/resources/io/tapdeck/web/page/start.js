// The dialogs that start a recording: of an interface, and of a guest.

import { put, wishIds } from './api.js';
import { openDialog } from './dialog.js';
import { announce, h } from './dom.js';
import { choice, field } from './fields.js';
import { filterField } from './filter.js';
import { parseCount, parseDuration, parseSize } from './format.js';
import { recordedInterface } from './interfaces.js';
import { live } from './live.js';
import { retentionFields } from './retention.js';

const NAME = { required: true, maxlength: '100', 'data-testid': 'recording-name' };

/** A file a minute, so that what was recorded can be had while it goes on; the oldest go in time. */
const DEFAULTS = { rotateSize: '1GiB', rotateEvery: '1m' };
const KEPT = { keepBytes: 10 * 1024 ** 3 };

const rotation = () => ({
  rotateSize: field('New file at', 'rotateSize', { parse: parseSize, value: DEFAULTS.rotateSize, required: true, hint: 'its size' }),
  rotateEvery: field('New file every', 'rotateEvery', { parse: parseDuration, value: DEFAULTS.rotateEvery, placeholder: 'only by size', hint: 'on the clock, like 60s or 1h' }),
});

const stopAfterTime = () => field('Stop after', 'stopAfterTime', { parse: parseDuration, placeholder: 'no limit', hint: 'like 10m or 2h' });

const readAll = (fields) => Object.fromEntries(Object.entries(fields).map(([name, one]) => [name, one.read()]));

function sender() {
  const idOf = wishIds();
  return async (wish) => {
    const id = idOf(wish);
    live.learn('recordings', await put(`/recordings/${id}`, wish));
    announce(`${wish.name} is being recorded`);
    location.hash = `#/recordings/${id}`;
  };
}

export function startDialog() {
  const send = sender();
  const name = field('Name', 'name', { ...NAME, placeholder: 'what people will look for' });
  let named = false;
  name.input.addEventListener('input', () => { named = name.input.value !== ''; });
  const nic = recordedInterface((chosen) => {
    if (!named) {
      name.input.value = chosen.tapService ? `Mirror ${chosen.tapService.name}` : chosen.netns ? `${chosen.name} in ${chosen.netns}` : chosen.name;
    }
  });
  const filter = filterField();
  const files = rotation();
  const kept = retentionFields(KEPT);
  const limits = {
    stopAfterTime: field('Time', 'stopAfterTime', { parse: parseDuration, placeholder: 'no limit', hint: 'like 10m' }),
    stopAfterBytes: field('Size', 'stopAfterBytes', { parse: parseSize, placeholder: 'no limit', hint: 'like 5GiB' }),
    stopAfterPackets: field('Packets', 'stopAfterPackets', { parse: parseCount, placeholder: 'no limit' }),
  };
  const direction = choice('Direction', 'direction', [['auto', 'as it should be'], ['both', 'both'], ['in', 'received'], ['out', 'sent']]);
  const snaplen = field('Bytes of each packet', 'snaplen', { parse: parseCount, placeholder: 'all', hint: 'cut what is longer' });
  openDialog({
    title: 'Start a recording',
    testid: 'start-dialog',
    confirmTestid: 'start-recording',
    action: 'Start recording',
    doing: 'Starting…',
    content: [
      nic.element,
      name.element,
      filter.element,
      h('div', { class: 'trio' }, files.rotateSize.element, files.rotateEvery.element, kept.keepBytes.element),
      h('details', {}, h('summary', {}, 'More: what is kept, when it stops, direction'),
        h('div', { class: 'fields' },
          h('fieldset', {}, h('legend', {}, 'Keep, besides; the oldest files go first, protected ones never'),
            h('div', { class: 'trio' }, kept.keepFiles.element, kept.keepAge.element, kept.keepFree.element)),
          h('fieldset', {}, h('legend', {}, 'Stop by itself after'),
            h('div', { class: 'trio' }, limits.stopAfterTime.element, limits.stopAfterBytes.element, limits.stopAfterPackets.element)),
          h('fieldset', {}, h('legend', {}, 'Packets'),
            h('div', { class: 'pair' }, direction.element, snaplen.element)))),
    ],
    submit: async () => {
      const cut = snaplen.read();
      await send({
        name: name.read(),
        ...nic.read(),
        filter: filter.read(),
        direction: direction.input.value,
        ...(cut === null ? {} : { snaplen: cut }),
        ...readAll(files),
        ...readAll(kept),
        ...readAll(limits),
      });
    },
  });
}

export function guestDialog(guest) {
  const send = sender();
  const name = field('Name', 'name', { ...NAME, value: `Guest ${guest.name}`.slice(0, 100) });
  const { keepBytes } = retentionFields(KEPT);
  const fields = { ...rotation(), keepBytes, stopAfterTime: stopAfterTime() };
  openDialog({
    title: `Record guest ${guest.name}`,
    testid: 'record-guest-dialog',
    confirmTestid: 'start-recording',
    action: 'Record',
    doing: 'Mirroring…',
    content: [
      h('p', { class: 'soft' }, 'All that it sends and receives is mirrored to a NIC made for this, and recorded there. The mirror goes when the recording ends.'),
      name.element,
      h('div', { class: 'pair' }, Object.values(fields).map((one) => one.element)),
    ],
    submit: () => send({ name: name.read(), guest: guest.id, ...readAll(fields) }),
  });
}
