// The mirrors as a drawing: hosts, their guests, and where copies go.

import { h, replace, s } from './dom.js';
import { stateKind } from './state.js';

const NODE = { width: 118, height: 46, gap: 14 };
const ROWS = { title: 27, guests: 44, bridge: 116, tap: 182, services: 262, height: 330 };
const TAP_HEIGHT = 40;

/** Copies run side by side: so far apart, and no more than so many. */
const LANE = { step: 7, most: 5 };
const MARGIN = 18;
const BETWEEN = 46;

/** Longer names are cut, and whole in the title. */
const short = (text, most) => (text.length > most ? text.slice(0, most - 1) + '…' : text);

const label = (x, y, text, className, most = 16) =>
  s('text', { x, y, 'text-anchor': 'middle', class: className }, s('title', {}, text), short(text, most));

function node(x, y, name, caption, className) {
  return s('g', {},
    s('rect', { x, y, width: NODE.width, height: NODE.height, rx: 8, class: className }),
    label(x + NODE.width / 2, y + 20, name, '', 14),
    label(x + NODE.width / 2, y + 36, caption, 'caption', 17));
}

const column = (host, i) => host.x + MARGIN + i * (NODE.width + NODE.gap);

/** Where every host, guest and service is drawn. */
function arrange(mirrors) {
  let x = 6;
  const names = [...new Set([...mirrors.hosts.map((host) => host.name), ...mirrors.guests.map((guest) => guest.host)])];
  return names.map((name) => {
    const guests = mirrors.guests.filter((guest) => guest.host === name);
    const services = mirrors.services.filter((service) => (service.host || service.target) === name);
    const columns = Math.max(guests.length, services.length, 2);
    const width = columns * (NODE.width + NODE.gap) - NODE.gap + 2 * MARGIN;
    const host = { name, x, width, guests, services };
    x += width + BETWEEN;
    return host;
  });
}

function drawHost(host) {
  const middle = host.x + host.width / 2;
  const inside = host.width - 2 * MARGIN;
  return s('g', {},
    s('rect', { x: host.x, y: 6, width: host.width, height: ROWS.height - 12, rx: 12, class: 'host' }),
    label(middle, ROWS.title, host.name, '', 40),
    host.guests.map((guest, i) => [
      s('path', { class: 'wire', d: `M${column(host, i) + NODE.width / 2},${ROWS.guests + NODE.height} V${ROWS.bridge}` }),
      node(column(host, i), ROWS.guests, guest.name, guest.nics[0]?.ips[0] ?? guest.nics[0]?.mac ?? '', 'node'),
    ]),
    s('rect', { x: host.x + MARGIN, y: ROWS.bridge, width: inside, height: 22, rx: 6, class: 'node' }),
    label(middle, ROWS.bridge + 15, [...new Set(host.guests.flatMap((guest) => guest.nics.map((nic) => nic.bridge)))].join(', ') || 'no guests', 'caption', 40),
    s('rect', { x: host.x + MARGIN, y: ROWS.tap, width: inside, height: TAP_HEIGHT, rx: 6, class: 'bridge' }),
    s('text', { x: host.x + MARGIN + inside - 8, y: ROWS.tap + TAP_HEIGHT + 15, 'text-anchor': 'end', class: 'caption' }, 'brtap'),
    host.services.map((service, i) => node(column(host, i), ROWS.services, service.name, service.nic || service.state, 'node')));
}

/** A copy's way: out of the guest, through its host's brtap and the destination's, to the service. */
function drawCopies(hosts, mirrors) {
  const place = new Map();
  for (const host of hosts) {
    host.guests.forEach((guest, i) => place.set(guest.id, { host, x: column(host, i) + NODE.width / 2 }));
    host.services.forEach((service, i) => place.set(service.id, { host, x: column(host, i) + NODE.width / 2 }));
  }
  const lanes = new Map();
  return mirrors.flows.map((flow, number) => {
    const from = place.get(flow.guestId);
    const to = place.get(flow.tapId);
    if (!from || !to) {
      return null;
    }
    const lane = (lanes.get(flow.guestId) ?? 0) % LANE.most;
    lanes.set(flow.guestId, lane + 1);
    const kind = stateKind(flow.state).split(' ')[0] || 'off';
    const offset = (number % LANE.most) * LANE.step;
    const x = from.x + 10 + lane * LANE.step;
    const tap = ROWS.tap + 6 + offset;
    const way = `M${x},${ROWS.guests + NODE.height} V${tap} H${to.x - 14 + offset} V${ROWS.services}`;
    return s('g', { 'data-flow': flow.name },
      s('path', { class: `copy ${kind}`, d: way }, s('title', {}, `${flow.name}: ${flow.guest} ${flow.direction} to ${flow.tap}, ${flow.state}${flow.reason ? `: ${flow.reason}` : ''}`)),
      s('text', { x: x - 5, y: ROWS.tap - 9 - (lane % 2) * 14, 'text-anchor': 'end', class: `caption copy-name ${kind}` }, flow.direction),
      s('text', { x: x + 6, y: ROWS.tap - 9 - (lane % 2) * 14, class: `caption copy-name ${kind}` }, flow.state));
  });
}

export function topology() {
  const element = h('div', { class: 'topology', 'data-testid': 'topology' });
  let drawn = '';
  return {
    element,
    update(mirrors) {
      const state = JSON.stringify(mirrors);
      if (state === drawn) {
        return;
      }
      drawn = state;
      element.hidden = !mirrors;
      if (!mirrors) {
        return;
      }
      const hosts = arrange(mirrors);
      const width = hosts.reduce((most, host) => Math.max(most, host.x + host.width + 6), 300);
      const tunnels = hosts.length > 1 && hosts.slice(1).map((host, i) =>
        s('g', {}, s('path', { class: 'wire', d: `M${hosts[i].x + hosts[i].width - MARGIN},${ROWS.tap + TAP_HEIGHT / 2} H${host.x + MARGIN}` }),
          label(host.x - BETWEEN / 2, ROWS.tap - 4, 'GRE', 'caption')));
      const svg = s('svg', { viewBox: `0 0 ${width} ${ROWS.height}`, width, height: ROWS.height, role: 'img', 'aria-label': describe(mirrors) },
        hosts.map(drawHost), tunnels, drawCopies(hosts, mirrors));
      replace(element, svg);
    },
  };
}

const describe = (mirrors) =>
  mirrors.flows.length === 0 ? 'No mirrors' : mirrors.flows.map((flow) => `${flow.guest} is mirrored to ${flow.tap}: ${flow.state}`).join('. ');
