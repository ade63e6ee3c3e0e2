// The dialogs that start a recording: of an interface, and of a guest.

import { put, wishIds } from './api.js';
import { openDialog } from './dialog.js';
import { announce, h } from './dom.js';
import { field, refusedAt } from './fields.js';
import { parseDuration } from './format.js';
import { recordedInterface } from './interfaces.js';
import { live } from './live.js';
import { retentionFields } from './retention.js';
import { KEPT, readAll, rotation, settingsFields, templateChoice } from './settings.js';

const NAME = { required: true, maxlength: '100', 'data-testid': 'recording-name' };

const stopAfterTime = () => field('Stop after', 'stopAfterTime', { parse: parseDuration, placeholder: 'no limit', hint: 'like 10m or 2h' });

/** @param fields where a refusal is shown, by the names that the server has for them */
function sender(fields) {
  const idOf = wishIds();
  return async (wish) => {
    const id = idOf(wish);
    live.learn('recordings', await refusedAt(fields, () => put(`/recordings/${id}`, wish)));
    announce(`${wish.name} is being recorded`);
    location.hash = `#/recordings/${id}`;
  };
}

export function startDialog() {
  const name = field('Name', 'name', { ...NAME, placeholder: 'what people will look for' });
  let named = false;
  name.input.addEventListener('input', () => { named = name.input.value !== ''; });
  const nic = recordedInterface((chosen) => {
    if (!named) {
      name.input.value = chosen.tapService ? `Mirror ${chosen.tapService.name}` : chosen.netns ? `${chosen.name} in ${chosen.netns}` : chosen.name;
    }
  });
  const settings = settingsFields();
  const send = sender({ name, interface: nic, ...settings.fields });
  const template = templateChoice('none', (one) => one && settings.fill(one.settings));
  openDialog({
    title: 'Start a recording',
    testid: 'start-dialog',
    confirmTestid: 'start-recording',
    action: 'Start recording',
    doing: 'Starting…',
    content: [nic.element, name.element, template.element, ...settings.elements],
    submit: () => send({ name: name.read(), ...nic.read(), ...settings.read() }),
  });
}

export function guestDialog(guest) {
  const name = field('Name', 'name', { ...NAME, value: `Guest ${guest.name}`.slice(0, 100) });
  const { keepBytes } = retentionFields(KEPT);
  const fields = { ...rotation(), keepBytes, stopAfterTime: stopAfterTime() };
  const send = sender({ name, ...fields });
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
