// The mirrors as a drawing: hosts, their guests and bridges, and where copies go.

import { CopyRates, tunnelName } from './copy-rates.js';
import { h, replace, s, setText } from './dom.js';
import { packetRate } from './format.js';
import { stateColour } from './state.js';
import { topologyWords } from './topology-words.js';

const NODE = { width: 122, narrowest: 76, height: 46, gap: 12 };
const ROW = { title: 26, guests: 40, bridges: 108, tap: 172, services: 254 };
const BRIDGE = 22;
const TAP = 40;
const HOST = { height: 318, margin: 14, least: 2, most: 7 };
const LETTER = 7.8;

/** What is too wide is drawn smaller, down to this, and scrolled beyond. */
const SMALLEST = 0.8;

/** Hosts stand side by side, with this between them; on a narrow page one below the other. */
const BETWEEN = { side: 46, below: 14 };
const NARROW = 560;

/** Copies run side by side: so far apart, and no more than so many. */
const LANE = { step: 6, most: 5 };

/** Room for a caption like "999 kpps". */
const CAPTION = 70;

/** Longer names are cut, and whole in the title. */
const short = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

const words = (x, y, text, { name = '', anchor = 'middle', most = 16 } = {}) =>
  s('text', { x, y, 'text-anchor': anchor, class: name }, text.length > most && s('title', {}, text), short(text, most));

function node({ x, y, width }, name, caption, kind) {
  return s('g', {},
    s('rect', { x, y, width, height: NODE.height, rx: 8, class: `node ${kind}` }),
    words(x + width / 2, y + 20, name, { name: 'strong', most: Math.floor(width / LETTER) }),
    caption);
}

const guestNode = (place, guest) => node(place, guest.name,
  words(place.x + place.width / 2, place.y + 36, guest.nics[0]?.ips[0] ?? guest.nics[0]?.mac ?? 'no NIC', { name: 'caption', most: Math.floor((place.width / LETTER) * 1.2) }), 'guest-node');

/** What copies there are a second, or the state where nothing is to be said of that. */
const pace = (thing) => (rates) => {
  const rate = thing.state === 'active' ? rates.rate(thing.id) : null;
  return rate === null ? thing.state : packetRate(rate);
};

const serviceNode = (place, service, figure) => node(place, service.name,
  s('text', { x: place.x + place.width / 2, y: place.y + 36, 'text-anchor': 'middle', class: `caption ${stateColour(service.state)}` }, figure(pace(service))),
  `service-node ${stateColour(service.state)}`);

/** Where everything is drawn, if there is so much room. */
function arrange(mirrors, room) {
  const hosts = chosen(mirrors);
  const stacked = room < NARROW || hosts.reduce((sum, { columns }) => sum + columns * (NODE.width + NODE.gap) - NODE.gap + 2 * HOST.margin + BETWEEN.side, 2 - BETWEEN.side) > room;
  const rail = stacked && hosts.length > 1 ? LANE.most * LANE.step + 14 : 0;
  const widest = Math.max(...hosts.map((host) => host.columns));
  const fits = (room - rail - 2 * HOST.margin - 2 + NODE.gap) / widest - NODE.gap;
  const node = stacked ? Math.min(NODE.width, Math.max(NODE.narrowest, Math.floor(fits))) : NODE.width;
  let x = 1;
  let y = 1;
  for (const host of hosts) {
    Object.assign(host, { x, y, node, width: (stacked ? widest : host.columns) * (node + NODE.gap) - NODE.gap + 2 * HOST.margin });
    if (stacked) {
      y += HOST.height + BETWEEN.below;
    } else {
      x += host.width + BETWEEN.side;
    }
  }
  const right = Math.max(...hosts.map((host) => host.x + host.width));
  const bottom = Math.max(...hosts.map((host) => host.y + HOST.height));
  return { hosts, rail: rail && right + 8, width: right + rail + 1, height: bottom + 1 };
}

/** The hosts, each with the guests that are drawn: those that are mirrored rather than others. */
function chosen(mirrors) {
  const mirrored = new Set(mirrors.flows.map((flow) => flow.guestId));
  const known = new Map(mirrors.hosts.map((host) => [host.name, host]));
  const names = [...new Set([...known.keys(), ...mirrors.guests.map((guest) => guest.host)])];
  return names.map((name) => {
    const all = mirrors.guests.filter((guest) => guest.host === name);
    const first = [...all].sort((a, b) => mirrored.has(b.id) - mirrored.has(a.id)).slice(0, all.length > HOST.most ? HOST.most - 1 : HOST.most);
    const guests = all.filter((guest) => first.includes(guest));
    const more = all.length - guests.length;
    const services = mirrors.services.filter((service) => (service.host || service.target) === name);
    return { ...known.get(name), name, guests, more, services, columns: Math.max(guests.length + (more ? 1 : 0), services.length, HOST.least) };
  });
}

const column = (host, i) => host.x + HOST.margin + i * (host.node + NODE.gap);
const middle = (host, i) => column(host, i) + host.node / 2;

function drawHost(host, figure) {
  const { x, y, width } = host;
  const inside = { x: x + HOST.margin, width: width - 2 * HOST.margin };
  return s('g', {},
    s('rect', { x, y, width, height: HOST.height, rx: 12, class: 'host' }),
    words(inside.x + 2, y + ROW.title, host.name, { name: 'strong', anchor: 'start', most: 24 }),
    words(inside.x + inside.width - 2, y + ROW.title, host.agent === 'away' ? 'agent away' : host.local ? 'this machine' : host.tunnelIp ?? '', { name: 'caption', anchor: 'end', most: 24 }),
    s('rect', { x: inside.x, y: y + ROW.bridges, width: inside.width, height: BRIDGE, rx: 6, class: 'bridge' }),
    s('rect', { x: inside.x, y: y + ROW.tap, width: inside.width, height: TAP, rx: 6, class: 'tap' }),
    host.guests.map((guest, i) => [
      s('path', { class: 'wire', d: `M${middle(host, i)},${y + ROW.guests + NODE.height} V${y + ROW.bridges}` }),
      guestNode({ x: column(host, i), y: y + ROW.guests, width: host.node }, guest),
    ]),
    host.more > 0 && words(middle(host, host.guests.length), y + ROW.guests + 28, `+ ${host.more} more`, { name: 'caption' }),
    host.services.map((service, i) => serviceNode({ x: column(host, i), y: y + ROW.services, width: host.node }, service, figure)));
}

/** Over the copies, for they cross them. */
function drawBridgeNames(host, { tunnels }, figure) {
  const bridges = [...new Set(host.guests.flatMap((guest) => guest.nics.map((nic) => nic.bridge)))];
  const arriving = tunnels.filter((tunnel) => tunnel.to === host.name).map(tunnelName);
  const arrives = (rates) => {
    const known = arriving.map((name) => rates.rate(name)).filter((rate) => rate !== null);
    return known.length ? `${packetRate(known.reduce((sum, rate) => sum + rate, 0))} by GRE · ` : '';
  };
  return [
    words(host.x + HOST.margin + 8, host.y + ROW.bridges + 15, bridges.join(', ') || 'no guests', { name: 'caption bridge-name', anchor: 'start', most: 34 }),
    s('text', { x: host.x + host.width - HOST.margin - 8, y: host.y + ROW.tap + TAP + 17, 'text-anchor': 'end', class: 'caption copy-name arrival' }, figure(arrives), 'brtap')];
}

/** Where what is copied of a host's switch begins. */
const ofSwitch = (host) => `switch of ${host}`;

/** A copy's way: out of the guest, through its host's brtap and the destination's, to the service. */
function drawCopies({ hosts, rail }, mirrors, figure) {
  const place = new Map();
  for (const host of hosts) {
    host.guests.forEach((guest, i) => place.set(guest.id, { host, x: middle(host, i), y: host.y + ROW.guests + NODE.height }));
    place.set(ofSwitch(host.name), { host, x: host.x + host.width - HOST.margin - 40, y: host.y + ROW.bridges + BRIDGE });
    host.services.forEach((service, i) => place.set(service.id, { host, x: middle(host, i) }));
  }
  const leaving = new Map();
  const arriving = new Map();
  const next = (lanes, id) => {
    const lane = lanes.get(id) ?? 0;
    lanes.set(id, lane + 1);
    return lane % LANE.most;
  };
  const drawn = mirrors.flows.map((flow, number) => {
    const source = flow.guestId ?? ofSwitch(flow.hostId);
    const from = place.get(source);
    const to = place.get(flow.tapId);
    if (!from || !to) {
      return null;
    }
    const lane = next(leaving, source);
    const x = from.x + 8 + lane * LANE.step * 2;
    const end = to.x - 14 + next(arriving, flow.tapId) * LANE.step;
    const offset = 8 + (number % LANE.most) * LANE.step;
    const across = rail && from.host !== to.host
      ? `V${from.host.y + ROW.tap + offset} H${rail + offset - 8} V${to.host.y + ROW.tap + offset} H${end}`
      : `V${from.host.y + ROW.tap + offset} H${end}`;
    const colour = stateColour(flow.state);
    const isLeft = lane === 0 && x - from.host.x > CAPTION;
    const about = `${flow.name}: ${flow.source} ${flow.direction} to ${flow.tap}, ${flow.state}${flow.reason ? `: ${flow.reason}` : ''}`;
    return {
      way: s('path', { class: `copy ${colour}`, 'data-flow': flow.name, 'data-id': flow.id, d: `M${x},${from.y} ${across} V${to.host.y + ROW.services}` }, s('title', {}, about)),
      // The first copy of a guest is named at its left if there is room, a second at its right.
      label: lane < 2 && s('text', { x: isLeft ? x - 6 : x + 6, y: from.host.y + ROW.tap - 10 - lane * 14, 'text-anchor': isLeft ? 'end' : 'start', class: `caption copy-name ${colour}` },
        figure(pace(flow)), s('title', {}, about)),
    };
  }).filter(Boolean);
  return [drawn.map(({ way }) => way), drawn.map(({ label }) => label)].flat().filter(Boolean);
}

/** One line for each two hosts that have copies between them; hosts that stand in its way hide it. */
function drawTunnels({ hosts, rail }, { tunnels }) {
  const places = new Map(hosts.map((host, i) => [host.name, i]));
  const pairs = new Set(tunnels
    .map(({ from, to }) => [places.get(from), places.get(to)])
    .filter((ends) => ends.every((place) => place !== undefined))
    .map((ends) => ends.sort((a, b) => a - b).join(' ')));
  return [...pairs].map((pair) => {
    const [one, other] = pair.split(' ').map((place) => hosts[place]);
    const height = ROW.tap + TAP / 2;
    const right = one.x + one.width - HOST.margin;
    return rail
      ? s('path', { class: 'wire', d: `M${right},${one.y + height} H${rail + 12} V${other.y + height} H${other.x + other.width - HOST.margin}` })
      : s('g', {}, s('path', { class: 'wire', d: `M${right},${one.y + height} H${other.x + HOST.margin}` }),
        words(other.x - BETWEEN.side / 2, other.y + ROW.tap - 6, 'GRE', { name: 'caption' }));
  });
}

/** Changes of these alone are no other drawing. */
const COUNTERS = new Set(['copies', 'mirrored', 'delivered']);

const TICK = 1_000;

export function topology() {
  const rates = new CopyRates();
  const drawing = h('div', { class: 'drawing', tabindex: '0', role: 'group', 'aria-label': 'Drawing of the mirrors' });
  const told = topologyWords(rates, (id) => drawing.querySelectorAll('.copy').forEach((copy) => copy.classList.toggle('pointed', copy.dataset.id === id)));
  const element = h('div', { class: 'topology', 'data-testid': 'topology' }, drawing, told.element);
  let figures = [];
  let drawn = '';
  let shown = null;
  const write = () => figures.forEach(({ place, text }) => setText(place, text(rates)));
  const figure = (text) => {
    const place = s('tspan');
    figures.push({ place, text });
    return place;
  };
  const draw = () => {
    const room = drawing.clientWidth;
    const key = JSON.stringify([shown, room], (name, value) => (COUNTERS.has(name) ? undefined : value));
    if (!shown || room === 0 || key === drawn) {
      return;
    }
    drawn = key;
    const plan = arrange(shown, room);
    const size = Math.min(1, Math.max(SMALLEST, room / plan.width));
    drawing.removeAttribute('tabindex');
    if (plan.width * size > room) {
      drawing.setAttribute('tabindex', '0');
    }
    figures = [];
    replace(drawing, s('svg', { viewBox: `0 0 ${plan.width} ${plan.height}`, width: plan.width * size, height: plan.height * size, role: 'img', 'aria-label': describe(shown) },
      drawTunnels(plan, shown), plan.hosts.map((host) => drawHost(host, figure)), drawCopies(plan, shown, figure), plan.hosts.map((host) => drawBridgeNames(host, shown, figure))));
    write();
  };
  const timer = setInterval(() => {
    write();
    told.tick();
  }, TICK);
  const resize = new ResizeObserver(draw);
  resize.observe(drawing);
  return {
    element,
    update(mirrors) {
      shown = mirrors;
      element.hidden = !mirrors;
      if (mirrors) {
        rates.take(mirrors);
        told.update(mirrors);
      }
      draw();
    },
    end() {
      resize.disconnect();
      clearInterval(timer);
    },
  };
}

const describe = (mirrors) =>
  mirrors.flows.length === 0 ? 'Nothing is mirrored' : mirrors.flows.map((flow) => `${flow.source} is mirrored to ${flow.tap}: ${flow.state}`).join('. ');
