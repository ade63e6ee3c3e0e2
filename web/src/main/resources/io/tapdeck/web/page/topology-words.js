// What the drawing of the mirrors shows, in words: for those who do not see it, and with the keyboard.

import { tunnelName } from './copy-rates.js';
import { h, keyed, setText } from './dom.js';
import { packetRate, plural } from './format.js';

const rateText = (rate) => (rate === null ? '' : `, ${packetRate(rate)}`);

const hostText = (host, { guests, services }) => {
  const its = guests.filter((guest) => guest.host === host.name);
  const taps = services.filter((service) => (service.host || service.target) === host.name);
  return [
    `Host ${host.name}${host.local ? ' (this machine)' : ''}${host.agent === 'away' ? ', its agent is away' : ''}`,
    its.length ? plural(its.length, 'guest') + `: ${its.map((guest) => guest.name).join(', ')}` : 'no guests',
    taps.length ? `destinations: ${taps.map((tap) => tap.name).join(', ')}` : 'no destination',
  ].join('; ');
};

const WAYS = { BOTH: 'in and out', IN: 'in', OUT: 'out' };
const flowText = (flow) => `${flow.name}: ${flow.source}, ${WAYS[flow.direction] ?? flow.direction}, is copied to ${flow.tap}: ${flow.state}`;

/**
 * @param rates what is known of rates, by ids and tunnels' names
 * @param point called with a flow's id while it is pointed at, and with nothing afterwards
 */
export function topologyWords(rates, point) {
  const list = (label, key, text, rate) => {
    const element = h('ul', { 'aria-label': label });
    const update = keyed(element, key, () => {
      const item = h('li');
      return { element: item, update: (thing) => setText(item, `${text(thing)}${rate ? rateText(rate(thing)) : ''}`) };
    });
    return { element, update };
  };
  let shown = { hosts: [], guests: [], services: [], flows: [], tunnels: [] };
  const hosts = list('Hosts', (host) => host.name, (host) => hostText(host, shown));
  const tunnels = list('Tunnels', tunnelName, (tunnel) => `Tunnel ${tunnelName(tunnel)}`, (tunnel) => rates.rate(tunnelName(tunnel)));
  const flows = h('ul', { 'aria-label': 'Copies' });
  const updateFlows = keyed(flows, (flow) => flow.id, (first) => {
    const button = h('button', { type: 'button', class: 'plain small', onfocus: () => point(first.id), onblur: () => point(''), onmouseenter: () => point(first.id), onmouseleave: () => point('') });
    return { element: h('li', {}, button), update: (flow) => setText(button, `${flowText(flow)}${flow.state === 'active' ? rateText(rates.rate(flow.id)) : ''}`) };
  });
  const update = (mirrors) => {
    shown = mirrors;
    hosts.update(mirrors.hosts);
    updateFlows(mirrors.flows);
    tunnels.update(mirrors.tunnels);
  };
  return {
    element: h('details', { class: 'in-words', 'data-testid': 'topology-words' }, h('summary', {}, 'In words'), hosts.element, flows, tunnels.element),
    update,
    /** Writes the rates as they are by now. */
    tick: () => update(shown),
  };
}
