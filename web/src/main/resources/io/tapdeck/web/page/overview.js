// What goes on now: running recordings, totals, and the mirrors.

import { sparkline } from './chart.js';
import { h, keyed, setText } from './dom.js';
import { bitRate, bytes, count, packetRate } from './format.js';
import { live } from './live.js';
import { guestList } from './guests.js';
import { startDialog, stopButton } from './recordings.js';
import { isRunning, stateKind, statePill } from './state.js';
import { topology } from './topology.js';

export function show(main, viewer) {
  const totals = totalsRow();
  const cards = h('div', { class: 'running', 'data-testid': 'running' });
  const updateCards = keyed(cards, (recording) => recording.id, (recording) => card(recording, viewer));
  const none = h('div', { class: 'empty' }, h('p', {}, 'Nothing is being recorded now.'),
    viewer.may('operator') && h('button', { onclick: () => startDialog() }, 'Start a recording'));
  const drawn = topology();
  const guests = guestList(viewer);
  const mirrorNote = h('div', { class: 'empty' });
  main.append(
    h('div', { class: 'heading' }, h('h1', { class: 'grow' }, 'Overview'),
      viewer.may('operator') && h('button', { class: 'main', onclick: () => startDialog(), 'data-testid': 'new-recording' }, 'Start a recording')),
    totals.element,
    h('section', { class: 'panel', 'aria-label': 'Running recordings' }, h('header', {}, h('h2', {}, 'Recording now')), cards, none),
    h('section', { class: 'panel', 'aria-label': 'Mirrors' },
      h('header', {}, h('h2', {}, 'Guests and mirrors'), h('a', { href: '#/mirrors', class: 'small' }, 'All mirrors')),
      mirrorNote, drawn.element, guests.element));

  const end = live.subscribe(() => {
    const running = (live.recordings ?? []).filter(isRunning);
    updateCards(running);
    none.hidden = running.length > 0 || !live.recordings;
    cards.hidden = running.length === 0;
    totals.update(running, live.recordings ?? []);
    const mirrors = live.mirrors;
    const reason = !mirrors ? 'Loading…'
      : !mirrors.connected ? `The northbound does not answer: ${mirrors.detail || 'is it running?'}`
        : mirrors.hosts.length === 0 ? 'No host has reported yet: start "tapdeck agent" beside its Open vSwitch.' : '';
    setText(mirrorNote, reason);
    mirrorNote.hidden = !reason;
    drawn.update(reason ? null : mirrors);
    guests.update(reason ? null : mirrors);
  });
  return { title: 'Overview', end };
}

function totalsRow() {
  const figure = (label, testid) => {
    const value = h('span', { class: 'value', 'data-total': testid }, '–');
    return { value, element: h('div', { class: 'panel total' }, h('span', { class: 'soft small' }, label), value) };
  };
  const recording = figure('Recording', 'running');
  const packets = figure('Packets a second', 'packets');
  const bits = figure('Bits a second', 'bits');
  const dropped = figure('Dropped', 'dropped');
  const kept = figure('Kept on disk', 'kept');
  return {
    element: h('div', { class: 'totals' }, [recording, packets, bits, dropped, kept].map((one) => one.element)),
    update(running, all) {
      const rates = running.map((one) => live.history(one.id).last);
      const drops = running.reduce((sum, one) => sum + one.figures.droppedKernel + one.figures.droppedInterface, 0);
      setText(recording.value, count(running.filter((one) => one.state === 'recording').length));
      setText(packets.value, packetRate(rates.reduce((sum, rate) => sum + rate.packets, 0)));
      setText(bits.value, bitRate(rates.reduce((sum, rate) => sum + rate.bits, 0)));
      setText(dropped.value, count(drops));
      dropped.element.classList.toggle('alarm', drops > 0);
      setText(kept.value, bytes(all.reduce((sum, one) => sum + one.segments.bytes, 0)));
    },
  };
}

function card(first, viewer) {
  const name = h('a', { href: `#/recordings/${first.id}` });
  const pill = statePill(first);
  const where = h('p', { class: 'soft small' });
  const reason = h('p', { class: 'small', role: 'status' });
  const rate = (kind, label) => {
    const line = sparkline(`${label} over the last minute`);
    const value = h('span', { class: 'value' });
    return { line, value, element: h('div', { class: `rate ${kind}` }, h('span', { class: 'soft small' }, label), value, line.element) };
  };
  const packets = rate('pps', 'Packets');
  const bits = rate('bits', 'Bits');
  const drops = rate('drops', 'Dropped');
  const received = h('span', { class: 'figure', 'data-figure': 'received' });
  const stop = viewer.may('operator') ? stopButton(first) : null;
  const element = h('article', { class: 'card', 'data-recording': first.id },
    h('header', {}, name, pill, stop), where, reason,
    h('div', { class: 'rates' }, packets.element, bits.element, drops.element),
    h('p', { class: 'soft small' }, received, ' packets received'));
  return {
    element,
    update(recording) {
      const history = live.history(recording.id);
      const dropped = recording.figures.droppedKernel + recording.figures.droppedInterface;
      setText(name, recording.name);
      setText(pill, recording.state);
      pill.className = `state ${stateKind(recording.state)}`;
      setText(where, `${recording.interface}${recording.netns ? ` in ${recording.netns}` : ''}${recording.filter ? ` · ${recording.filter}` : ''}`);
      setText(reason, recording.reason);
      reason.hidden = !recording.reason;
      setText(packets.value, packetRate(history.last.packets));
      setText(bits.value, bitRate(history.last.bits));
      setText(drops.value, count(dropped));
      drops.element.classList.toggle('alarm', dropped > 0);
      packets.line.update(history.packetRates);
      bits.line.update(history.bitRates);
      drops.line.update(history.dropRates);
      setText(received, count(recording.figures.received));
      if (stop) {
        stop.hidden = recording.state === 'stopping';
      }
    },
  };
}
