// The choice of an interface: by namespace and kind, tap NICs first, for mirrored traffic arrives there.

import { access } from './access.js';
import { get } from './api.js';
import { h, replace } from './dom.js';
import { count } from './format.js';
import { live } from './live.js';

/** Kinds in the order in which they are offered, and what a group of them is called. */
const KINDS = {
  physical: 'physical', veth: 'virtual pairs', vlan: 'VLANs', bridge: 'bridges', ovs: 'Open vSwitch', tap: 'taps', tun: 'tunnels', loopback: 'loopback', other: 'other',
};

const FOR_RECORDING = {
  allowed: () => null,
  unusable: (nic) => (nic.up ? '' : 'down'),
  none: 'There is no interface that can be recorded.',
  suggests: (nic) => Boolean(nic.tapService),
};

const FOR_PLAYING = {
  /** Null for all of them: only analysts are kept to some. */
  allowed: () => (access.may('operator') ? null : get('/replay_targets').then(({ interfaces }) => interfaces)),
  unusable: (nic, allowed) => {
    const isAllowed = !allowed || allowed.some((one) => one.interface === nic.name && one.netns === nic.netns);
    return !isAllowed ? 'not for analysts' : nic.playable ? '' : nic.notPlayable || 'not playable';
  },
  none: 'There is no interface to play to.',
  suggests: () => false,
};

export const recordedInterface = (chosen) => interfaceField(FOR_RECORDING, chosen);
/** @param others told the names of the other interfaces of the chosen one's namespace that can be played to */
export const playedInterface = (others = () => {}) => interfaceField(FOR_PLAYING, (nic, usable) =>
  others(usable.filter((one) => one !== nic && one.netns === nic.netns).map((one) => one.name)));


const where = (nic) => (nic.netns ? `Namespace ${nic.netns}` : 'This machine');

const group = (nic) => (nic.tapService ? 'Mirrored traffic arrives here' : `${where(nic)} · ${KINDS[nic.kind] ?? nic.kind}`);

/** The nearest first: tap NICs, then this machine's, then those of namespaces. */
function order(a, b) {
  const rank = (nic) => (nic.tapService ? 0 : nic.netns === null ? 1 : 2);
  const kind = (nic) => Object.keys(KINDS).indexOf(nic.kind);
  return rank(a) - rank(b) || (a.netns ?? '').localeCompare(b.netns ?? '') || kind(a) - kind(b)
    || a.name.localeCompare(b.name, 'en', { numeric: true });
}

function interfaceField(purpose, chosen) {
  const select = h('select', { name: 'interface', required: true, 'data-testid': 'interface', 'aria-describedby': 'interface-about' }, h('option', { value: '' }, 'Loading…'));
  const about = h('span', { class: 'hint', id: 'interface-about', 'aria-live': 'polite' });
  let nics = [];
  let usable = [];

  const tell = (wrong) => {
    select.setAttribute('aria-invalid', String(Boolean(wrong)));
    about.className = wrong ? 'wrong' : 'hint';
    about.textContent = wrong;
  };

  const show = () => {
    const nic = nics[Number(select.value)];
    if (select.value !== '' && nic) {
      tell('');
      about.textContent = describe(nic);
      chosen(nic, usable);
    }
  };

  Promise.all([get('/interfaces'), purpose.allowed()]).then(([all, allowed]) => {
    const unusable = (nic) => purpose.unusable(nic, allowed);
    nics = [...all].sort(order);
    usable = nics.filter((nic) => !unusable(nic));
    const groups = Map.groupBy(nics.map((nic, index) => ({ nic, index })), ({ nic }) => group(nic));
    replace(select, h('option', { value: '' }, nics.length ? 'Choose an interface' : 'No interfaces'),
      [...groups].map(([name, members]) => h('optgroup', { label: name }, members.map(({ nic, index }) => {
        const reason = unusable(nic);
        return h('option', { value: String(index), disabled: Boolean(reason), 'data-interface': nic.name, 'data-netns': nic.netns ?? '' },
          nic.name, nic.tapService && ` · mirror ${nic.tapService.name}`, nic.tapService && nic.netns && ` · in ${nic.netns}`, reason && ` – ${reason}`);
      }))));
    if (usable.length === 0) {
      about.textContent = purpose.none;
    }
    const suggested = nics.findIndex((nic) => !unusable(nic) && purpose.suggests(nic) && nic.recordedBy.length === 0);
    if (suggested >= 0) {
      select.value = String(suggested);
      show();
    }
  }, (problem) => {
    replace(select, h('option', { value: '' }, 'No interfaces'));
    about.className = 'wrong';
    about.textContent = problem.message;
  });
  select.addEventListener('change', show);

  return {
    input: select,
    element: h('label', {}, 'Interface', select, about),
    tell,
    read() {
      const nic = nics[Number(select.value)];
      if (select.value === '' || !nic) {
        select.focus();
        throw new Error('Choose an interface.');
      }
      return { interface: nic.name, netns: nic.netns };
    },
  };
}

function describe(nic) {
  const recordings = nic.recordedBy.map((id) => live.recordings?.find((one) => one.id === id)?.name ?? id);
  return [
    where(nic),
    nic.kind,
    nic.up ? (nic.carrier ? 'up' : 'up, no carrier') : 'down',
    nic.speedMbps ? `${count(nic.speedMbps)} Mbit/s` : '',
    `MTU ${nic.mtu}`,
    nic.addresses.join(', '),
    recordings.length ? `already recorded by ${recordings.join(', ')}` : '',
  ].filter(Boolean).join(' · ');
}
