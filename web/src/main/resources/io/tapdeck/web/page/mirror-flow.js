// The dialog that makes or changes a mirror's source.

import { patch, post, put, wishIds } from './api.js';
import { h } from './dom.js';
import { choice, field, refusedAt } from './fields.js';
import { parseCount, parseDuration, parseMoment, time } from './format.js';
import { live } from './live.js';
import { plannedDialog } from './mirror-plan.js';

const NOTHING = { hosts: [], guests: [], services: [] };

const WAYS = {
  vnic: [['BOTH', 'all that it sends and receives'], ['IN', 'what the guest receives'], ['OUT', 'what the guest sends']],
  vswitch: [['BOTH', 'everything, also what stays between its guests'], ['IN', 'what comes in by the uplink'], ['OUT', 'what goes out by the uplink']],
};

const RULE = 'accept|reject [in|out] [proto P] [src CIDR[:PORT]] [dst CIDR[:PORT]]';

function parseVlan(text) {
  if (!/^\s*\d{1,6}\s*$/.test(text)) {
    throw new Error('Give a VLAN from 1 to 4094, or 0 for what is untagged.');
  }
  return Number(text);
}

/** What can be chosen of a source, and changed later. */
function settings(type, flow) {
  const direction = choice('What', 'direction', WAYS[type]);
  direction.input.value = flow?.direction ?? 'BOTH';
  const filter = field('Only', 'filter', {
    rows: 3, class: 'mono', value: (flow?.filter ?? []).join('\n'), placeholder: 'all copies', hint: `a rule each line, the first that matches decides, the rest is dropped: ${RULE}`,
    parse: (text) => text.split('\n').map((line) => line.trim()).filter(Boolean),
  });
  const truncate = field('Bytes of each copy', 'truncate', { parse: parseCount, value: flow?.truncate ? String(flow.truncate) : '', placeholder: 'all', hint: '14 or more; the rest is cut off' });
  const stripVlan = choice('VLAN tags', 'stripVlan', [['auto', 'as the guest sees its frames'], ['on', 'without the outermost tag'], ['off', 'all kept']]);
  stripVlan.input.value = flow?.stripVlan ?? 'auto';
  const fit = choice('Copies too long for their way', 'fit', [['true', 'are cut to fit'], ['false', 'are dropped, and counted']]);
  fit.input.value = String(flow?.fit ?? true);
  const ends = choice('Ends', 'ends', [
    ...(flow?.until ? [['kept', `at ${time(flow.until)} UTC, as it is`]] : []),
    ['never', 'never'], ['for', 'after a time'], ['until', 'at a moment']]);
  const after = field('After', 'for', { parse: parseDuration, required: true, placeholder: '10m', hint: 'like 30s, 10m or 2h' });
  const at = field('At (UTC)', 'until', { parse: parseMoment, required: true, placeholder: '2026-07-01 12:00' });
  const showEnd = () => {
    for (const [one, word] of [[after, 'for'], [at, 'until']]) {
      one.element.hidden = ends.input.value !== word;
      one.input.disabled = one.element.hidden;
    }
  };
  ends.input.addEventListener('change', showEnd);
  showEnd();
  const more = h('details', { open: Boolean(flow) }, h('summary', {}, 'More: filter, cutting, VLAN tags, end'),
    h('div', { class: 'fields' }, filter.element,
      h('div', { class: 'pair' }, truncate.element, fit.element),
      h('div', { class: 'pair' }, stripVlan.element, ends.element),
      after.element, at.element));
  // What is missing in it must be seen.
  more.addEventListener('invalid', () => { more.open = true; }, { capture: true });
  return {
    fields: { direction, filter, truncate, stripVlan, fit, for: after, until: at },
    direction,
    more,
    /** All of it; 0 bytes are all of them, and an empty end is none. */
    read: () => ({
      direction: direction.input.value,
      filter: filter.read() ?? [],
      truncate: truncate.read() ?? 0,
      stripVlan: stripVlan.input.value,
      fit: fit.input.value === 'true',
      ...(ends.input.value === 'for' ? { for: after.read() } : {}),
      ...(ends.input.value === 'until' ? { until: at.read() } : {}),
      ...(ends.input.value === 'never' ? { until: '' } : {}),
    }),
  };
}

export function flowDialog() {
  const { hosts, guests, services } = live.mirrors ?? NOTHING;
  const idOf = wishIds();
  const name = field('Name', 'name', { required: true, maxlength: '100' });
  const type = choice('Copies of', 'type', [['vnic', 'a NIC of a guest'], ['vswitch', 'a virtual switch of a host']]);
  const guest = choice('Guest', 'guest', guests.map((one) => [one.id, `${one.name} on ${one.host}`]), { required: true });
  const nic = choice('NIC', 'nic', []);
  const host = choice('Host', 'host', hosts.map((one) => [one.name, one.name]), { required: true });
  const wire = choice('Switch', 'wire', [], { required: true });
  const vlan = field('VLAN', 'vlanId', { parse: parseVlan, inputmode: 'numeric', placeholder: 'all of them', hint: '0: what is untagged' });
  const tap = choice('To', 'tap', services.map((one) => [one.id, `${one.name}, on ${one.target}`]), { required: true });
  const chosen = settings('vnic', null);
  const isSwitch = () => type.input.value === 'vswitch';
  const showNics = () => {
    const nics = guests.find((one) => one.id === guest.input.value)?.nics ?? [];
    nic.input.replaceChildren(...nics.map((one) => h('option', { value: one.mac }, [one.mac, ...one.ips, `on ${one.bridge}`].join(' · '))));
    nic.element.hidden = isSwitch() || nics.length < 2;
  };
  const showWires = () => {
    const wires = hosts.find((one) => one.name === host.input.value)?.wires ?? [];
    wire.input.replaceChildren(...wires.map((one) =>
      h('option', { value: one.name }, `${one.name} · bridge ${one.bridge} · ${one.uplinks.length ? `uplink ${one.uplinks.join(', ')}` : 'no uplink'}`)));
  };
  const show = () => {
    for (const [one, wanted] of [[guest, !isSwitch()], [nic, !isSwitch()], [host, isSwitch()], [wire, isSwitch()], [vlan, isSwitch()]]) {
      one.element.hidden = !wanted;
      one.input.disabled = !wanted;
      one.tell('');
    }
    const kept = chosen.direction.input.value;
    chosen.direction.input.replaceChildren(...WAYS[type.input.value].map(([value, text]) => h('option', { value }, text)));
    chosen.direction.input.value = kept;
    showNics();
  };
  guest.input.addEventListener('change', showNics);
  host.input.addEventListener('change', showWires);
  type.input.addEventListener('change', show);
  showWires();
  show();
  const at = { name, type, tapId: tap, guestId: guest, macAddr: nic, hostId: host, wireId: wire, vlanId: vlan, ...chosen.fields };
  plannedDialog({
    title: 'New mirror source', action: 'Mirror', testid: 'flow-dialog', confirmTestid: 'make-flow',
    content: [
      services.length === 0 && h('p', { class: 'notice' }, 'There is no destination yet: make one first.'),
      name.element, type.element, guest.element, nic.element,
      host.element, wire.element, vlan.element,
      chosen.direction.element, tap.element, chosen.more],
    read: () => {
      const { truncate, until, ...others } = chosen.read();
      const only = isSwitch() ? vlan.read() : null;
      return {
        name: name.read(), type: type.input.value, tapId: tap.input.value,
        ...(isSwitch() ? { hostId: host.input.value, wireId: wire.input.value } : { guestId: guest.input.value }),
        ...(only === null ? {} : { vlanId: only }),
        ...(!isSwitch() && nic.input.value ? { macAddr: nic.input.value } : {}),
        ...others,
        ...(truncate ? { truncate } : {}),
        ...(until ? { until } : {}),
      };
    },
    plan: (wish) => refusedAt(at, () => post(`/tap_flows/${idOf(wish)}/plan`, { create: wish })),
    apply: (wish) => refusedAt(at, () => put(`/tap_flows/${idOf(wish)}`, wish)),
  });
}

export function changeFlow(flow) {
  const name = field('Name', 'name', { required: true, maxlength: '100', value: flow.name });
  const chosen = settings(flow.type, flow);
  const at = { name, ...chosen.fields };
  plannedDialog({
    title: `Change source ${flow.name}`, action: 'Change', testid: 'flow-dialog', confirmTestid: 'make-flow',
    content: [name.element, chosen.direction.element, chosen.more],
    read: () => {
      const before = { truncate: 0, until: '', ...flow };
      const change = Object.entries({ name: name.read(), ...chosen.read() })
        .filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(before[key]));
      return change.length > 0 ? Object.fromEntries(change) : null;
    },
    plan: (change) => refusedAt(at, () => post(`/tap_flows/${flow.id}/plan`, { change })),
    apply: (change) => refusedAt(at, () => patch(`/tap_flows/${flow.id}`, change)),
  });
}
