// What goes on now: totals, running recordings, and the mirrors.

import { access } from './access.js';
import { h, keyed, setNote, setText } from './dom.js';
import { alertList, diskWords, watchForecast } from './forecast.js';
import { bitRate, bytes, count, packetRate, plural, span } from './format.js';
import { guestList } from './guests.js';
import { live } from './live.js';
import { whyNoMirrors } from './mirrors.js';
import { canStop, dropsOf, explainDrops, placeOf, startButton, stopButton } from './recordings.js';
import { sparkline } from './spark.js';
import { startDialog } from './start.js';
import { isRunning, setState, stateText } from './state.js';
import { topology } from './topology.js';

/** With less of the disk free than this, it is said loudly. */
const SCARCE = 0.05;

export function show(main) {
  const totals = totalsRow();
  const cards = h('div', { class: 'running', 'data-testid': 'running' });
  const forecasts = new Map();
  const updateCards = keyed(cards, (recording) => recording.id, (first) => card(first, forecasts));
  const loading = h('p', { class: 'loading', role: 'status' }, 'Loading…');
  const none = h('div', { class: 'empty' }, h('p', {}, 'Nothing is being recorded now.'),
    access.operators(h('button', { onclick: startDialog }, 'Start a recording')));
  const drawn = topology();
  const guests = guestList();
  const alerts = alertList();
  const note = h('div', { class: 'empty', role: 'status' });
  main.append(
    h('div', { class: 'heading' }, h('h1', { class: 'grow' }, 'Overview'), startButton()),
    alerts.element,
    totals.element,
    h('section', { class: 'panel', 'aria-label': 'Recording now' }, h('header', {}, h('h2', {}, 'Recording now'), h('a', { href: '#/recordings', class: 'small' }, 'All recordings')), loading, cards, none),
    h('section', { class: 'panel', 'aria-label': 'Guests and mirrors' }, h('header', {}, h('h2', {}, 'Guests and mirrors'), h('a', { href: '#/mirrors', class: 'small' }, 'All mirrors')), note, drawn.element, guests.element));
  const end = live.subscribe(() => {
    const running = (live.recordings ?? []).filter(isRunning);
    updateCards(running);
    loading.hidden = live.recordings !== null;
    none.hidden = live.recordings === null || running.length > 0;
    cards.hidden = running.length === 0;
    totals.update(running);
    const why = whyNoMirrors();
    setNote(note, why);
    drawn.update(why ? null : live.mirrors);
    guests.update(why ? null : live.mirrors);
  });
  const endForecast = watchForecast(({ disks, recordings }) => {
    totals.disk(disks[0]);
    forecasts.clear();
    recordings.forEach((one) => forecasts.set(one.id, one));
  });
  return {
    title: 'Overview',
    end() {
      end();
      endForecast();
      alerts.end();
      drawn.end();
    },
  };
}

function totalsRow() {
  const figure = (label, name) => {
    const value = h('dd', { class: 'value', 'data-total': name }, '–');
    const more = h('dd', { class: 'soft small' });
    return { value, more, element: h('div', { class: 'total' }, h('dt', { class: 'soft small' }, label), value, more) };
  };
  const recording = figure('Recording', 'running');
  const packets = figure('Packets a second', 'packets');
  const bits = figure('Bits a second', 'bits');
  const dropped = figure('Dropped', 'dropped');
  const kept = figure('Kept on disk', 'kept');
  return {
    element: h('dl', { class: 'panel totals' }, [recording, packets, bits, dropped, kept].map((one) => one.element)),
    update(running) {
      const all = live.recordings;
      if (!all) {
        return;
      }
      const rates = running.map((one) => live.rates(one.id).now);
      const sum = (list, of) => list.reduce((total, one) => total + of(one), 0);
      const drops = sum(running, dropsOf);
      const states = Map.groupBy(running, (one) => one.state);
      setText(recording.value, count(states.get('recording')?.length));
      states.delete('recording');
      setText(recording.more, [...states].map(([state, those]) => `${count(those.length)} ${state}`).join(', ') || `of ${plural(all.length, 'recording')}`);
      setText(packets.value, packetRate(sum(rates, (rate) => rate.packets)));
      setText(packets.more, 'received');
      setText(bits.value, bitRate(sum(rates, (rate) => rate.bits)));
      setText(bits.more, 'written');
      setText(dropped.value, count(drops));
      setText(dropped.more, drops ? 'packets of those running' : 'nothing is lost');
      dropped.element.classList.toggle('alarm', drops > 0);
      setText(kept.value, bytes(sum(all, (one) => one.segments.bytes)));
    },
    /** The data directory's. */
    disk(disk) {
      setText(kept.more, diskWords(disk));
      kept.element.classList.toggle('alarm', disk.freeBytes < disk.totalBytes * SCARCE && disk.keepFree === null);
    },
  };
}

function card(first, forecasts) {
  const name = h('a', { class: 'row name', href: `#/recordings/${first.id}` });
  const state = stateText(first);
  const place = h('p', { class: 'soft small name' });
  const reason = h('p', { class: 'notice small', role: 'status' });
  const rate = (kind, label) => {
    const line = sparkline(`${label} over the last minute`);
    const value = h('span', { class: 'value' });
    return { line, value, element: h('div', { class: `rate ${kind}` }, h('span', { class: 'soft small' }, label), value, line.element) };
  };
  const packets = rate('pps', 'Packets');
  const bits = rate('bits', 'Bits');
  const drops = rate('drops', 'Dropped');
  const rates = h('div', { class: 'rates' }, packets.element, bits.element, drops.element);
  const received = h('span', { class: 'figure', 'data-figure': 'received' });
  const kept = h('span', { class: 'figure' });
  const stop = stopButton(first);
  return {
    element: h('article', { class: 'card', 'data-recording': first.id },
      h('header', {}, h('h3', {}, name), state, stop), place, reason, rates,
      h('p', { class: 'soft small foot' }, h('span', {}, received, ' received'), kept)),
    update(recording) {
      const history = live.rates(recording.id);
      const { points, now } = history;
      const lost = dropsOf(recording);
      setText(name, recording.name);
      setState(state, recording);
      setText(place, [placeOf(recording), recording.filter].filter(Boolean).join(' · '));
      setNote(reason, recording.reason);
      rates.hidden = recording.state === 'waiting';
      setText(packets.value, packetRate(now.packets));
      setText(bits.value, bitRate(now.bits));
      setText(drops.value, count(lost));
      drops.element.title = explainDrops(recording);
      drops.element.classList.toggle('alarm', lost > 0);
      packets.line.update(points.packets);
      bits.line.update(points.bits);
      drops.line.update(points.drops);
      setText(received, count(recording.figures.received));
      const reach = forecasts.get(recording.id)?.reachSeconds ?? null;
      setText(kept, [`${plural(recording.segments.count, 'file')}, ${bytes(recording.segments.bytes)}`, reach !== null && `back ${span(reach)}`].filter(Boolean).join(', '));
      stop.hidden = !canStop(recording);
    },
  };
}
