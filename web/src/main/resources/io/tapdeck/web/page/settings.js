// How something is recorded, whatever it is: the fields that starting, templates and schedules share.

import { get } from './api.js';
import { h } from './dom.js';
import { choice, field } from './fields.js';
import { filterField } from './filter.js';
import { bytes, count, durationSeconds, parseCount, parseDuration, parseSize, plural, span, writeDuration, writeSize } from './format.js';
import { retentionFields } from './retention.js';

/** A file a minute, so that what was recorded can be had while it goes on; the oldest go in time. */
const DEFAULTS = { rotateSize: '1GiB', rotateEvery: '1m' };
export const KEPT = { keepBytes: 10 * 1024 ** 3 };

/** What is longer is cut; no frame is. */
const WHOLE = 262_144;

export const rotation = () => ({
  rotateSize: field('New file at', 'rotateSize', { parse: parseSize, value: DEFAULTS.rotateSize, required: true, hint: 'its size' }),
  rotateEvery: field('New file every', 'rotateEvery', { parse: parseDuration, value: DEFAULTS.rotateEvery, placeholder: 'only by size', hint: 'on the clock, like 60s or 1h' }),
});

export const readAll = (fields) => Object.fromEntries(Object.entries(fields).map(([name, one]) => [name, one.read()]));

export const directionWords = (direction) =>
  ({ auto: 'by the kind of interface', both: 'received and sent', in: 'received', out: 'sent' })[direction] ?? direction;

/** Settings in words: pairs of a name and a value. */
export function settingsWords(settings) {
  const duration = (text) => text && span(durationSeconds(text));
  const some = (...list) => list.filter(Boolean).join(', ');
  return [
    ['Filter', settings.filter ? h('code', { class: 'name' }, settings.filter) : 'all packets'],
    ['Direction', directionWords(settings.direction)],
    ['Of each packet', settings.snaplen >= WHOLE ? 'all' : `the first ${count(settings.snaplen)} bytes`],
    ['New file', some(`at ${bytes(settings.rotateSize)}`, settings.rotateEvery && `every ${duration(settings.rotateEvery)}`)],
    ['Kept', some(
      settings.keepBytes && bytes(settings.keepBytes), settings.keepFiles && plural(settings.keepFiles, 'file'),
      settings.keepAge && `for ${duration(settings.keepAge)}`, settings.keepFree && `${settings.keepFree} % of the disk free`) || 'all'],
    ['Stops by itself', some(
      settings.stopAfterTime && `after ${duration(settings.stopAfterTime)}`, settings.stopAfterBytes && `at ${bytes(settings.stopAfterBytes)}`,
      settings.stopAfterPackets && `at ${plural(settings.stopAfterPackets, 'packet')}`) || 'never'],
  ];
}

/** The fields; fill() puts other settings in them, read() gives what they say. */
export function settingsFields() {
  const filter = filterField();
  const files = rotation();
  const kept = retentionFields(KEPT);
  const limits = {
    stopAfterTime: field('Time', 'stopAfterTime', { parse: parseDuration, placeholder: 'no limit', hint: 'like 10m' }),
    stopAfterBytes: field('Size', 'stopAfterBytes', { parse: parseSize, placeholder: 'no limit', hint: 'like 5GiB' }),
    stopAfterPackets: field('Packets', 'stopAfterPackets', { parse: parseCount, placeholder: 'no limit' }),
  };
  const direction = choice('Direction', 'direction', [['auto', 'by the kind of interface'], ['both', 'received and sent'], ['in', 'received'], ['out', 'sent']]);
  const snaplen = field('Bytes of each packet', 'snaplen', { parse: parseCount, placeholder: 'all', hint: 'cut what is longer' });
  const fields = { filter, ...files, ...kept, ...limits, snaplen };
  const written = {
    filter: (text) => text,
    rotateSize: writeSize, keepBytes: writeSize, stopAfterBytes: writeSize,
    rotateEvery: (text) => writeDuration(durationSeconds(text)), keepAge: (text) => writeDuration(durationSeconds(text)), stopAfterTime: (text) => writeDuration(durationSeconds(text)),
    keepFiles: (n) => (n ? String(n) : ''), keepFree: (n) => (n ? String(n) : ''), stopAfterPackets: (n) => (n ? String(n) : ''),
    snaplen: (n) => (n && n < WHOLE ? String(n) : ''),
  };
  return {
    fields: { ...fields, direction },
    elements: [
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
    fill(settings) {
      direction.input.value = settings.direction;
      for (const [name, one] of Object.entries(fields)) {
        one.input.value = written[name](settings[name]);
        one.input.dispatchEvent(new Event('input'));
      }
    },
    read() {
      const cut = snaplen.read();
      return {
        filter: filter.read(),
        direction: direction.input.value,
        ...(cut === null ? {} : { snaplen: cut }),
        ...readAll(files),
        ...readAll(kept),
        ...readAll(limits),
      };
    },
  };
}

/** The choice of a template, which is not there as long as there is none. Calls back with the one that is chosen, or null. */
export function templateChoice(none, chosen, first = null) {
  const { input, element } = choice('Template', 'template', [['', none]], { 'data-testid': 'template' });
  let templates = [];
  element.hidden = true;
  if (first) {
    // It stays the choice also while, or if, the others are not known.
    input.append(h('option', { value: first }, 'the one that it has'));
    input.value = first;
  }
  input.addEventListener('change', () => chosen(templates.find(({ id }) => id === input.value) ?? null));
  get('/recording_templates').then((all) => {
    templates = all;
    element.hidden = all.length === 0;
    [...input.options].filter((one) => one.value).forEach((one) => one.remove());
    input.append(...all.map(({ id, name }) => h('option', { value: id }, name)));
    if (first && all.some(({ id }) => id === first)) {
      input.value = first;
      chosen(all.find(({ id }) => id === first));
    }
  }, () => {});
  return { input, element, read: () => input.value || null };
}
