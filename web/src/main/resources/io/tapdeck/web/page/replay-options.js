// What a replay can be told besides what, where to and how fast: which packets, how they are changed and sent.

import { access } from './access.js';
import { h } from './dom.js';
import { choice, field } from './fields.js';
import { durationSeconds, parseCount, parseDuration, span } from './format.js';
import { filterField } from './filter.js';
import { sidesFields } from './replay-sides.js';

/** What can be set, and what it is called: for the form, and for what was asked for. */
const SELECTION = {
  filter: 'Filter', from: 'From', to: 'To', skip: 'Pass over first', limit: 'At most', duration: 'For',
};
const REWRITING = {
  sourceMac: ['Source MAC', '02:00:00:00:00:01; with a comma and another: of servers’ packets'],
  destinationMac: ['Destination MAC', 'likewise; group addresses stay'],
  mapMac: ['MAC addresses', 'OLD=NEW, …'],
  mapIp: ['IP addresses', '10.1.0.0/16=198.18.0.0/16, …'],
  mapSourceIp: ['Source IP addresses', 'likewise'],
  mapDestinationIp: ['Destination IP addresses', 'likewise'],
  mapPort: ['Ports', '80=8080, 1000-1999=3000-3999'],
  vlan: ['VLAN tag', 'add,id=7 or replace,id=7 or remove or remove-all'],
  ttl: ['TTL', '64, +1 or -1'],
  dscp: ['DSCP', '0 to 63, or a name like EF'],
  unique: ['Other addresses each time over', 'all or clients; all:256 for the step'],
};
const LISTS = ['mapMac', 'mapIp', 'mapSourceIp', 'mapDestinationIp', 'mapPort'];
const DELIVERY = {
  serverInterface: 'Interface for servers', sides: 'Servers are', oversize: 'Too long', backend: 'Backend', verify: 'Verified', receivers: 'Seen to arrive at', force: 'Forced',
};
const OVERSIZE = [['skip', 'skipped, and counted'], ['truncate', 'cut to what fits'], ['refuse', 'the end of the replay']];
const BACKENDS = [['auto', 'chosen by Tapdeck'], ['packet', 'packet socket'], ['xdp', 'AF_XDP']];

/** "2026-11-23 02:10" -> "2026-11-23T02:10Z", "+90s" -> "+90s"; throws what to tell the person. */
function parseMoment(text) {
  const since = /^\s*\+\s*(\d[\d.a-z]*)\s*$/i.exec(text);
  const at = /^\s*(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)\s*(Z|[+-]\d\d:\d\d)?\s*$/i.exec(text);
  if (!since && !at) {
    throw new Error('Give a time in UTC, like 2026-11-23 02:10:00, or +90s after the first packet.');
  }
  return since ? `+${since[1]}` : `${at[1]}T${at[2]}${(at[3] ?? 'Z').toUpperCase()}`;
}

/** 0 is for ever. */
const parseLoops = (text) => (text.trim() === '0' ? 0 : parseCount(text));

/** What has a value; null if nothing has. */
function given(values) {
  const found = Object.entries(values).filter(([, value]) => value !== null && value !== '' && value !== false);
  return found.length ? Object.fromEntries(found) : null;
}

const more = (title, ...content) => h('details', {}, h('summary', {}, title), h('div', { class: 'fields' }, content));

/** Which packets are played. */
export function selectionFields() {
  const filter = filterField();
  const from = field('From (UTC)', 'from', { parse: parseMoment, hint: '2026-11-23 02:10:00, or +90s after the first packet' });
  const to = field('To (UTC)', 'to', { parse: parseMoment, hint: 'likewise; packets before this time' });
  const skip = field('Pass over first', 'skip', { parse: parseCount, inputmode: 'numeric', hint: 'packets' });
  const limit = field('At most', 'limit', { parse: parseCount, inputmode: 'numeric', hint: 'packets each time over' });
  const duration = field('For', 'duration', { parse: parseDuration, hint: 'like 90s, from the first packet played' });
  return {
    fields: { filter, from, to, skip, limit, duration },
    element: more('Which packets: all, unless a span or a filter is given',
      h('div', { class: 'pair' }, from.element, to.element), filter.element, h('div', { class: 'trio' }, duration.element, skip.element, limit.element)),
    read: () => given({ filter: filter.read(), from: from.read(), to: to.read(), skip: skip.read(), limit: limit.read(), duration: duration.read() }),
  };
}

/** How often, and what becomes of gaps. */
export function repeatFields() {
  const loops = field('Times over', 'loops', { value: '1', parse: parseLoops, required: true, inputmode: 'numeric', hint: '0: until it is stopped', 'data-testid': 'replay-loops' });
  const maxGap = field('Longest gap', 'maxGap', { parse: parseDuration, hint: 'like 2s; longer gaps are shortened to it' });
  const loopDelay = field('Pause between times', 'loopDelay', { parse: parseDuration, hint: 'like 500ms; empty: the mean gap' });
  const paused = h('input', { type: 'checkbox', name: 'paused' });
  return {
    fields: { loops, maxGap, loopDelay },
    loops: loops.element,
    element: more('Gaps and pauses', h('div', { class: 'pair' }, maxGap.element, loopDelay.element), h('label', { class: 'check' }, paused, 'Begin paused')),
    /** Only packets with the gaps of the recording have gaps to be shortened. */
    paceIs(kind) {
      maxGap.element.hidden = kind !== 'speed';
      maxGap.input.disabled = kind !== 'speed';
    },
    read: () => ({ loops: loops.read(), maxGap: maxGap.input.disabled ? null : maxGap.read(), loopDelay: loopDelay.read(), paused: paused.checked || null }),
  };
}

/** How packets are changed. */
export function rewritingFields() {
  const fields = Object.entries(REWRITING).map(([name, [label, hint]]) => [name, field(label, name, { hint, class: 'mono', maxlength: '4096' })]);
  const checksums = h('input', { type: 'checkbox', name: 'fixChecksums' });
  return {
    fields: Object.fromEntries(fields),
    element: more('Rewriting: nothing, unless given', h('div', { class: 'pair' }, fields.map(([, one]) => one.element)),
      h('label', { class: 'check' }, checksums, 'Compute checksums anew, also wrong ones')),
    read() {
      const values = fields.map(([name, one]) => [name, one.read()]).map(([name, text]) => [name, text && LISTS.includes(name) ? [text.replace(/\s+/g, '')] : text]);
      return given({ ...Object.fromEntries(values), fixChecksums: checksums.checked });
    },
  };
}

/** How packets are handed over, and whether it is looked at what became of them. */
export function deliveryFields() {
  const sides = sidesFields();
  const oversize = choice('Packets that are too long are', 'oversize', OVERSIZE, { 'data-testid': 'replay-oversize' });
  const backend = choice('Sent by', 'backend', BACKENDS);
  const receivers = field('They are to arrive at', 'receivers', { hint: 'INTERFACE or INTERFACE@NAMESPACE; empty: only the sender’s counters' });
  const verify = h('input', { type: 'checkbox', name: 'verify', 'data-testid': 'replay-verify', onchange: () => show() });
  const force = access.may('admin') && h('input', { type: 'checkbox', name: 'force' });
  const show = () => {
    receivers.element.hidden = !verify.checked;
    receivers.input.disabled = !verify.checked;
  };
  show();
  return {
    fields: { ...sides.fields, oversize, backend, receivers },
    interfacesAre: sides.interfacesAre,
    element: more('Sending: both sides, too long packets, proof of arrival', sides.element, h('div', { class: 'pair' }, oversize.element, backend.element),
      h('label', { class: 'check' }, verify, 'Look at what became of the packets'), receivers.element,
      force && h('label', { class: 'check' }, force, 'Also to an interface that is being recorded or mirrored')),
    read() {
      const at = verify.checked ? receivers.read() : null;
      return given({
        ...sides.read(),
        oversize: oversize.input.value === 'skip' ? null : oversize.input.value,
        backend: backend.input.value === 'auto' ? null : backend.input.value,
        verify: verify.checked,
        receivers: at && at.split(',').map((one) => one.trim()),
        force: Boolean(force && force.checked),
      });
    },
  };
}

/** What was asked for besides the pace: pairs of a name and a text. */
export function optionsText({ maxGap, loopDelay, selection, rewriting, delivery }) {
  const time = (text) => (text ? span(durationSeconds(text)) : null);
  const label = (names) => ([name, value]) => [Array.isArray(names[name]) ? names[name][0] : names[name] ?? name, value];
  const of = (values, names) => Object.entries(values ?? {}).filter(([, value]) => value !== null && value !== false).map(label(names));
  return [
    ...of(selection && { ...selection, duration: time(selection.duration) }, SELECTION),
    ...of({ maxGap: time(maxGap), loopDelay: time(loopDelay) }, { maxGap: 'Longest gap', loopDelay: 'Pause between times' }),
    ...of(rewriting, { ...REWRITING, fixChecksums: 'Checksums computed anew' }),
    ...of(delivery, DELIVERY),
  ].filter(([, value]) => value !== undefined).map(([name, value]) => [name, value === true ? 'yes' : Array.isArray(value) ? value.join(', ') : String(value)]);
}
