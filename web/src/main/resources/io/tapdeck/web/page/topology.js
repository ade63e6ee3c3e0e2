// The mirrors as a drawing: hosts, their guests and bridges, and where copies go.

import { h, replace, s } from './dom.js';
import { stateColour } from './state.js';

const NODE = { width: 122, height: 46, gap: 12 };
const ROW = { title: 26, guests: 40, bridges: 108, tap: 172, services: 254 };
const BRIDGE = 22;
const TAP = 40;
const HOST = { height: 318, margin: 14, least: 2, most: 7 };

/** Hosts stand side by side, with this between them; on a narrow page one below the other. */
const BETWEEN = { side: 46, below: 14 };
const NARROW = 560;

/** Copies run side by side: so far apart, and no more than so many. */
const LANE = { step: 6, most: 5 };

/** Longer names are cut, and whole in the title. */
const short = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

const words = (x, y, text, { name = '', anchor = 'middle', most = 16 } = {}) =>
  s('text', { x, y, 'text-anchor': anchor, class: name }, text.length > most && s('title', {}, text), short(text, most));

function node(x, y, name, caption, kind, colour) {
  return s('g', {},
    s('rect', { x, y, width: NODE.width, height: NODE.height, rx: 8, class: `node ${kind}` }),
    words(x + NODE.width / 2, y + 20, name, { name: 'strong', most: 15 }),
    words(x + NODE.width / 2, y + 36, caption, { name: `caption ${colour ?? ''}`, most: 18 }));
}

/** Where everything is drawn, if there is so much room. */
function arrange(mirrors, room) {
  const mirrored = new Set(mirrors.flows.map((flow) => flow.guestId));
  const stacked = room < NARROW;
  let x = 1;
  let y = 1;
  const known = new Map(mirrors.hosts.map((host) => [host.name, host]));
  const names = [...new Set([...known.keys(), ...mirrors.guests.map((guest) => guest.host)])];
  const hosts = names.map((name) => {
    const guests = mirrors.guests.filter((guest) => guest.host === name);
    const first = [...guests].sort((a, b) => mirrored.has(b.id) - mirrored.has(a.id)).slice(0, guests.length > HOST.most ? HOST.most - 1 : HOST.most);
    const shown = guests.filter((guest) => first.includes(guest));
    const services = mirrors.services.filter((service) => (service.host || service.target) === name);
    const columns = Math.max(shown.length + (guests.length > shown.length ? 1 : 0), services.length, HOST.least);
    const width = columns * (NODE.width + NODE.gap) - NODE.gap + 2 * HOST.margin;
    const host = { ...known.get(name), name, x, y, width, guests: shown, more: guests.length - shown.length, services };
    if (stacked) {
      y += HOST.height + BETWEEN.below;
    } else {
      x += width + BETWEEN.side;
    }
    return host;
  });
  const right = Math.max(...hosts.map((host) => host.x + host.width));
  const bottom = Math.max(...hosts.map((host) => host.y + HOST.height));
  const rail = stacked && hosts.length > 1 ? right + 10 : null;
  return { hosts, rail, width: rail ? rail + LANE.most * LANE.step + 4 : right + 1, height: bottom + 1 };
}

const column = (host, i) => host.x + HOST.margin + i * (NODE.width + NODE.gap);

function drawHost(host) {
  const { x, y, width } = host;
  const inside = { x: x + HOST.margin, width: width - 2 * HOST.margin };
  const bridges = [...new Set(host.guests.flatMap((guest) => guest.nics.map((nic) => nic.bridge)))];
  return s('g', {},
    s('rect', { x, y, width, height: HOST.height, rx: 12, class: 'host' }),
    words(inside.x + 2, y + ROW.title, host.name, { name: 'strong', anchor: 'start', most: 24 }),
    words(inside.x + inside.width - 2, y + ROW.title, host.local ? 'this machine' : host.tunnelIp ?? '', { name: 'caption', anchor: 'end', most: 24 }),
    s('rect', { x: inside.x, y: y + ROW.bridges, width: inside.width, height: BRIDGE, rx: 6, class: 'bridge' }),
    words(inside.x + inside.width / 2, y + ROW.bridges + 15, bridges.join(', ') || 'no guests', { name: 'caption', most: 40 }),
    s('rect', { x: inside.x, y: y + ROW.tap, width: inside.width, height: TAP, rx: 6, class: 'tap' }),
    words(inside.x + 8, y + ROW.tap + TAP + 15, 'brtap', { name: 'caption', anchor: 'start' }),
    host.guests.map((guest, i) => [
      s('path', { class: 'wire', d: `M${column(host, i) + NODE.width / 2},${y + ROW.guests + NODE.height} V${y + ROW.bridges}` }),
      node(column(host, i), y + ROW.guests, guest.name, guest.nics[0]?.ips[0] ?? guest.nics[0]?.mac ?? 'no NIC', 'guest-node'),
    ]),
    host.more > 0 && words(column(host, host.guests.length) + NODE.width / 2, y + ROW.guests + 28, `+ ${host.more} more`, { name: 'caption' }),
    host.services.map((service, i) => node(column(host, i), y + ROW.services, service.name, service.state, `service-node ${stateColour(service.state)}`, stateColour(service.state))));
}

/** A copy's way: out of the guest, through its host's brtap and the destination's, to the service. */
function drawCopies({ hosts, rail }, mirrors) {
  const place = new Map();
  for (const host of hosts) {
    host.guests.forEach((guest, i) => place.set(guest.id, { host, x: column(host, i) + NODE.width / 2 }));
    host.services.forEach((service, i) => place.set(service.id, { host, x: column(host, i) + NODE.width / 2 }));
  }
  const leaving = new Map();
  const arriving = new Map();
  const next = (lanes, id) => {
    const lane = lanes.get(id) ?? 0;
    lanes.set(id, lane + 1);
    return lane % LANE.most;
  };
  const drawn = mirrors.flows.map((flow, number) => {
    const from = place.get(flow.guestId);
    const to = place.get(flow.tapId);
    if (!from || !to) {
      return null;
    }
    const lane = next(leaving, flow.guestId);
    const x = from.x + 8 + lane * LANE.step * 2;
    const end = to.x - 14 + next(arriving, flow.tapId) * LANE.step;
    const offset = 8 + (number % LANE.most) * LANE.step;
    const across = rail && from.host !== to.host
      ? `V${from.host.y + ROW.tap + offset} H${rail + offset - 8} V${to.host.y + ROW.tap + offset} H${end}`
      : `V${from.host.y + ROW.tap + offset} H${end}`;
    const colour = stateColour(flow.state);
    const about = `${flow.name}: ${flow.guest} ${flow.direction} to ${flow.tap}, ${flow.state}${flow.reason ? `: ${flow.reason}` : ''}`;
    return {
      way: s('path', { class: `copy ${colour}`, 'data-flow': flow.name, d: `M${x},${from.host.y + ROW.guests + NODE.height} ${across} V${to.host.y + ROW.services}` }, s('title', {}, about)),
      // The first copy of a guest is named at its left, a second at its right.
      label: lane < 2 && s('text', { x: lane === 0 ? x - 6 : x + 6, y: from.host.y + ROW.tap - 10 - lane * 14, 'text-anchor': lane === 0 ? 'end' : 'start', class: `caption copy-name ${colour}` },
        flow.state, s('title', {}, about)),
    };
  }).filter(Boolean);
  return [drawn.map(({ way }) => way), drawn.map(({ label }) => label)].flat().filter(Boolean);
}

function drawTunnels({ hosts, rail }) {
  return hosts.slice(1).map((host, i) => {
    const before = hosts[i];
    const middle = ROW.tap + TAP / 2;
    return rail
      ? s('path', { class: 'wire', d: `M${before.x + before.width - HOST.margin},${before.y + middle} H${rail + 12} V${host.y + middle} H${host.x + host.width - HOST.margin}` })
      : s('g', {}, s('path', { class: 'wire', d: `M${before.x + before.width - HOST.margin},${before.y + middle} H${host.x + HOST.margin}` }),
        words(host.x - BETWEEN.side / 2, before.y + ROW.tap - 6, 'GRE', { name: 'caption' }));
  });
}

export function topology() {
  const element = h('div', { class: 'topology', 'data-testid': 'topology' });
  let drawn = '';
  let shown = null;
  const draw = () => {
    const room = element.clientWidth;
    const key = JSON.stringify([shown, room < NARROW]);
    if (!shown || room === 0 || key === drawn) {
      return;
    }
    drawn = key;
    const plan = arrange(shown, room);
    replace(element, s('svg', { viewBox: `0 0 ${plan.width} ${plan.height}`, width: plan.width, height: plan.height, role: 'img', 'aria-label': describe(shown) },
      plan.hosts.map(drawHost), drawTunnels(plan), drawCopies(plan, shown)));
  };
  const resize = new ResizeObserver(draw);
  resize.observe(element);
  return {
    element,
    update(mirrors) {
      shown = mirrors;
      element.hidden = !mirrors;
      draw();
    },
    end: () => resize.disconnect(),
  };
}

const describe = (mirrors) =>
  mirrors.flows.length === 0 ? 'Nothing is mirrored' : mirrors.flows.map((flow) => `${flow.guest} is mirrored to ${flow.tap}: ${flow.state}`).join('. ');
