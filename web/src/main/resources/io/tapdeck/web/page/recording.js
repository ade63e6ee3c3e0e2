// One recording: how it goes, what is in it, and its files.

import { get, post, put, remove } from './api.js';
import { rateChart } from './chart.js';
import { actionButton, confirmDialog } from './dialog.js';
import { h, keyed, replace, setText } from './dom.js';
import { between, bitRate, bytes, count, durationSeconds, localTime, packetRate, plural, span, time } from './format.js';
import { live } from './live.js';
import { stopButton } from './recordings.js';
import { replayDialog } from './replays.js';
import { isRunning, stateKind, statePill } from './state.js';

const PAGE = 200;

/** What each figure means, in the words of all of Tapdeck. */
const TERMS = [
  ['received', 'Received', 'Frames that the kernel matched to the filter and counted for this recording; what the full buffer then dropped is among them.'],
  ['written', 'Written', 'Packets in the files.'],
  ['buffered', 'Buffered', 'Read, and not yet on disk.'],
  ['droppedKernel', 'Dropped by kernel', 'Dropped because the kernel\'s buffer was full.'],
  ['unreadAtStop', 'Unread at stop', 'Left in the kernel\'s buffer when a packet or size limit ended the recording.'],
];

export function show(main, viewer, id) {
  const loading = h('p', { class: 'loading', role: 'status' }, 'Loading…');
  main.append(loading);
  let parts = null;
  let ended = false;
  const refresh = () => {
    const recording = live.recordings?.find((one) => one.id === id);
    if (recording) {
      if (!parts) {
        parts = page(main, viewer, recording);
      }
      parts.update(recording);
    } else if (live.recordings && !parts) {
      get(`/recordings/${id}`).then((found) => !ended && live.learn(found), (problem) =>
        replace(main, h('div', { class: 'panel empty' }, h('p', {}, problem.message), h('a', { class: 'button', href: '#/recordings' }, 'All recordings'))));
    }
  };
  const end = live.subscribe(refresh);
  return { title: 'Recording', end: () => { ended = true; end(); parts?.end(); } };
}

function page(main, viewer, first) {
  const id = first.id;
  const title = h('h1');
  const pill = statePill(first);
  const reason = h('p', { class: 'problem', role: 'status' });
  const stop = stopButton(first, { class: 'main' });
  const resume = actionButton('Resume', async () => live.learn(await post(`/recordings/${id}/resume`)), { 'data-testid': 'resume', class: '' });
  const drop = h('button', { class: 'danger', 'data-testid': 'delete', onclick: () =>
    confirmDialog('Delete this recording', 'All its files are deleted for good. Files that are protected must be unprotected first.', 'Delete', async () => {
      await remove(`/recordings/${id}`);
      location.hash = '#/recordings';
    }) }, 'Delete');
  const rates = h('span', { class: 'soft figure' });
  const chart = rateChart();
  const chartPanel = h('section', { class: 'panel', 'aria-label': 'Rates' }, h('header', {}, h('h2', {}, 'Rates'), rates), h('div', { class: 'body' }, chart.element));
  const terms = TERMS.map(([name, label, meaning]) => {
    const value = h('span', { class: 'value', 'data-figure': name });
    return { name, value, element: h('div', { class: 'term', title: meaning, tabindex: '0', 'aria-label': label }, h('span', { class: 'soft small' }, label), value) };
  });
  const signs = ['=', '+', '+', '+'];
  const equation = h('div', { class: 'equation' }, terms.flatMap((term, i) => [term.element, signs[i] && h('span', { class: 'sign', 'aria-hidden': 'true' }, signs[i])]));
  const atInterface = h('span', { 'data-figure': 'droppedInterface' });
  const writtenBytes = h('span', { 'data-figure': 'writtenBytes' });
  const interruptions = h('p', { class: 'small' });
  const settings = h('dl', { class: 'settings' });
  const files = segments(viewer, first);
  replace(
    main,
    h('div', { class: 'heading' }, h('a', { href: '#/recordings', class: 'button plain', 'aria-label': 'All recordings' }, '‹'), h('div', { class: 'grow heading' }, title, pill),
      viewer.may('operator') && h('div', { class: 'actions' }, stop, resume, drop)),
    reason, chartPanel,
    h('section', { class: 'panel', 'aria-label': 'Figures' }, h('header', {}, h('h2', {}, 'Figures')),
      h('div', { class: 'body fields' }, equation,
        h('p', { class: 'soft small' }, atInterface, ' dropped by the interface before it reached any program · ', writtenBytes, ' of packets'),
        interruptions)),
    files.element,
    h('section', { class: 'panel', 'aria-label': 'Settings' }, h('header', {}, h('h2', {}, 'Settings')), h('div', { class: 'body' }, settings)));

  return {
    update(recording) {
      const running = isRunning(recording);
      const figures = recording.figures;
      document.title = `${recording.name} – Tapdeck`;
      setText(title, recording.name);
      setText(pill, recording.state);
      pill.className = `state ${stateKind(recording.state)}`;
      setText(reason, recording.reason);
      stop.hidden = !running || recording.state === 'stopping';
      resume.hidden = running;
      drop.hidden = running;
      chartPanel.hidden = !running;
      if (running) {
        const history = live.history(id);
        setText(rates, `${packetRate(history.last.packets)} · ${bitRate(history.last.bits)}`);
        chart.update(history);
      }
      for (const term of terms) {
        setText(term.value, count(figures[term.name]));
      }
      terms[3].element.classList.toggle('alarm', figures.droppedKernel > 0);
      setText(atInterface, count(figures.droppedInterface));
      setText(writtenBytes, bytes(figures.writtenBytes));
      setText(interruptions, recording.interruptions
        ? `The recorder was killed ${recording.interruptions === 1 ? 'once' : `${count(recording.interruptions)} times`}: what fell after its last reading is unknown.` : '');
      interruptions.hidden = !recording.interruptions;
      replace(settings, rows(recording).map(([name, value, title]) => h('div', {}, h('dt', {}, name), h('dd', { title }, value))));
      files.update(recording);
    },
    end() {
      chart.end();
      files.end();
    },
  };
}

function rows(recording) {
  const duration = (text) => (text ? span(durationSeconds(text)) : null);
  const some = (list) => list.filter(Boolean).join(', ');
  return [
    ['Interface', recording.interface + (recording.netns ? ` in ${recording.netns}` : '')],
    recording.guest && ['Guest', recording.guest.name],
    ['Filter', recording.filter ? h('code', {}, recording.filter) : 'all packets'],
    ['Direction', recording.direction],
    ['New file', some([`at ${bytes(recording.rotateSize)}`, recording.rotateEvery && `every ${duration(recording.rotateEvery)}`])],
    ['Kept', some([
      recording.keepBytes && bytes(recording.keepBytes), recording.keepFiles && plural(recording.keepFiles, 'file', 'files'),
      recording.keepAge && `for ${duration(recording.keepAge)}`, recording.keepFree && `${recording.keepFree}% of the disk free`]) || 'all'],
    ['Stops after', some([
      duration(recording.stopAfterTime), recording.stopAfterBytes && bytes(recording.stopAfterBytes),
      recording.stopAfterPackets && plural(recording.stopAfterPackets, 'packet', 'packets')]) || 'never by itself'],
    ['Started (UTC)', time(recording.startedAt), localTime(recording.startedAt)],
    recording.endedAt && ['Ended (UTC)', time(recording.endedAt), localTime(recording.endedAt)],
    ['Made by', recording.createdBy],
  ].filter(Boolean);
}

/** The files of a recording, read anew when there are more, or fewer. */
function segments(viewer, recording) {
  const id = recording.id;
  const body = h('tbody');
  const total = h('span', { class: 'soft small figure' });
  const none = h('div', { class: 'empty' }, h('p', {}, 'No file is complete yet: one is at its rotation, or when the recording stops.'));
  const problem = h('p', { class: 'problem', role: 'alert' });
  const more = h('button', { onclick: () => load(true) }, 'Show more');
  const moreRow = h('div', { class: 'actions body' }, more);
  const replay = h('button', { class: 'small', 'data-testid': 'replay-recording', onclick: () => replayDialog(recording) }, 'Replay…');
  const table = h('div', { class: 'scroll' }, h('table', { class: 'cards', 'data-testid': 'segments' },
    h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, 'File'), h('th', { scope: 'col' }, 'From (UTC)'), h('th', { scope: 'col', class: 'number' }, 'Span'),
      h('th', { scope: 'col', class: 'number' }, 'Packets'), h('th', { scope: 'col', class: 'number' }, 'Size'), h('th', {}, h('span', { class: 'unseen' }, 'Actions')))),
    body));
  const update = keyed(body, (segment) => segment.number, (segment) => row(segment));
  let shown = [];
  let known = '';
  let busy = false;
  let ended = false;

  function row(first) {
    const name = h('span', { class: 'mono' });
    const note = h('span', { class: 'small soft' });
    const protect = actionButton('', async () => {
      await put(`/recordings/${id}/segments/${first.number}/protection`, { protected: !current.protected });
      known = '';
      await load(false);
    }, { class: 'small plain' });
    let current = first;
    return {
      element: h('tr', { 'data-segment': first.number },
        h('td', { class: 'title' }, name, ' ', note),
        h('td', { class: 'figure', 'data-label': 'From (UTC)', title: localTime(first.first) }, time(first.first)),
        h('td', { class: 'number', 'data-label': 'Span' }, span(between(first.first, first.last))),
        h('td', { class: 'number', 'data-label': 'Packets' }, count(first.packets)),
        h('td', { class: 'number', 'data-label': 'Size', title: `${count(first.bytes)} bytes` }, bytes(first.bytes)),
        h('td', { class: 'end' }, h('div', { class: 'actions' },
          viewer.may('operator') && protect,
          viewer.may('operator') && h('button', { class: 'small', 'aria-label': `Replay segment ${first.number}`, onclick: () => replayDialog(recording, [first.number]) }, 'Replay'),
          viewer.may('operator') && h('a', { class: 'button small', download: '', 'data-testid': 'download', 'aria-label': `Download segment ${first.number}`, href: `/api/v1/recordings/${id}/segments/${first.number}/file` }, 'Download')))),
      update(segment) {
        current = segment;
        setText(name, segment.file);
        setText(note, [segment.protected && 'protected', segment.recovered && 'recovered'].filter(Boolean).join(' · '));
        note.title = segment.recovered ?? '';
        setText(protect, segment.protected ? 'Unprotect' : 'Protect');
        protect.setAttribute('aria-label', `${segment.protected ? 'Unprotect' : 'Protect'} segment ${segment.number}: protected ones are never removed by retention`);
      },
    };
  }

  async function load(further) {
    if (busy) {
      return;
    }
    busy = true;
    try {
      const wanted = further ? shown.length + PAGE : Math.max(PAGE, shown.length);
      const found = await get(`/recordings/${id}/segments?limit=${Math.min(wanted, 1000)}`);
      if (!ended) {
        shown = found;
        problem.textContent = '';
        update(shown);
        frame();
      }
    } catch (refused) {
      problem.textContent = refused.message;
      known = '';
    } finally {
      busy = false;
    }
  }

  let latest = recording;
  function frame() {
    none.hidden = shown.length > 0;
    table.hidden = shown.length === 0;
    moreRow.hidden = shown.length >= latest.segments.count || shown.length >= 1000;
    replay.hidden = shown.length === 0 || !viewer.may('operator');
    setText(total, `${plural(latest.segments.count, 'file', 'files')}, ${plural(latest.segments.packets, 'packet', 'packets')}, ${bytes(latest.segments.bytes)}`);
  }

  return {
    element: h('section', { class: 'panel', 'aria-label': 'Files' }, h('header', {}, h('h2', {}, 'Files'), total, replay), problem, table, none,
      moreRow),
    update(now) {
      latest = now;
      const state = JSON.stringify(now.segments);
      frame();
      if (state !== known && !busy) {
        known = state;
        load(false);
      }
    },
    end() {
      ended = true;
    },
  };
}
