// One recording: how it goes, what its figures mean, how it is set, and its files.

import { access } from './access.js';
import { post, remove } from './api.js';
import { rateCharts } from './chart.js';
import { actionButton, confirmDialog } from './dialog.js';
import { h, moment, replace, setNote, setText } from './dom.js';
import { recordingWords, watchForecast } from './forecast.js';
import { bitRate, bytes, count, packetRate, plural } from './format.js';
import { historyPanel } from './history.js';
import { live } from './live.js';
import { canStop, nicOf, placeOf, stopButton } from './recordings.js';
import { keepsOther, retentionDialog } from './retention.js';
import { segmentList } from './segments.js';
import { settingsWords } from './settings.js';
import { isRunning, setState, stateText } from './state.js';

/** received = written + buffered + droppedKernel + unreadAtStop, and what each of them is. */
const EQUATION = [
  ['', 'received', 'Received', 'Frames that the kernel matched to the filter and counted for this recording. What it then dropped is among them.'],
  ['=', 'written', 'Written', 'Packets in files.'],
  ['+', 'buffered', 'Buffered', 'Read, and not on disk yet. 0 after the stop.'],
  ['+', 'droppedKernel', 'Dropped by kernel', 'Dropped because the ring between the kernel and the recorder was full: the disk or the processor did not keep up.'],
  ['+', 'unreadAtStop', 'Unread at stop', 'Counted by the kernel and left in the ring when a packet or size limit ended the recording.'],
];

const BESIDES = [
  ['droppedInterface', 'Dropped by interface', count, 'Dropped by the interface before any program could see them, since the start. They are not among the received.'],
  ['writtenBytes', 'Packet bytes written', bytes, 'The sum of what was captured of each packet. Files are larger: each packet has a header.'],
];

export function show(main, id) {
  replace(main, h('p', { class: 'loading', role: 'status' }, 'Loading…'));
  let page = null;
  const refresh = () => {
    const recording = live.recordings?.find((one) => one.id === id);
    if (recording) {
      page ??= open(main, recording);
      page.update(recording);
    } else if (live.recordings) {
      lost(main, page ? 'This recording has been deleted.' : 'There is no such recording; it may have been deleted.');
      page?.end();
      page = null;
    }
  };
  const end = live.subscribe(refresh);
  return {
    title: 'Recording',
    end() {
      end();
      page?.end();
    },
  };
}

const lost = (main, why) => replace(main,
  h('div', { class: 'panel empty' }, h('p', { role: 'status' }, why), h('a', { class: 'button', href: '#/recordings' }, 'All recordings')));

function open(main, first) {
  const title = h('h1', { class: 'name' });
  const state = stateText(first);
  const place = h('p', { class: 'soft name' });
  const reason = h('p', { class: 'notice', role: 'status', 'data-testid': 'reason' });
  const buttons = actions(first);
  const now = h('span', { class: 'figure soft' });
  const charts = rateCharts();
  const rates = h('section', { class: 'panel', 'aria-label': 'Rates' }, h('header', {}, h('h2', {}, 'Now'), now), h('div', { class: 'body' }, charts.element));
  const figures = figuresPanel();
  const settings = h('dl', { class: 'settings' });
  const late = h('p', { class: 'notice', role: 'status' });
  let shown = first;
  const keep = first.imported ? null : access.operators(h('button', { class: 'small', 'data-testid': 'change-retention', onclick: () => retentionDialog(shown) }, 'Change what is kept…'));
  const segments = segmentList(first);
  const outlook = outlookPanel(first.id);
  const history = historyPanel(first.id);
  replace(
    main,
    h('div', { class: 'heading' },
      h('a', { href: '#/recordings', class: 'button plain', 'aria-label': 'All recordings' }, '‹'),
      h('div', { class: 'grow' }, h('div', { class: 'heading tight' }, title, state), place), buttons.element),
    reason, rates, figures.element,
    h('section', { class: 'panel', 'aria-label': 'Settings' }, h('header', {}, h('h2', {}, 'Settings'), keep), h('div', { class: 'body fields' }, settings, late)),
    outlook.element, segments.element, history.element);
  let drawn = '';

  return {
    update(recording) {
      shown = recording;
      setNote(late, keepsOther(recording) ? 'Its recorder has not taken over what is to be kept. It holds at the next start: stop and resume the recording.' : '');
      document.title = `${recording.name} – Tapdeck`;
      setText(title, recording.name);
      setState(state, recording);
      setText(place, placeOf(recording));
      setNote(reason, recording.reason);
      buttons.update(recording);
      history.update(recording);
      const lately = live.rates(recording.id);
      rates.hidden = !isRunning(recording) || lately.points.at.length < 2;
      setText(now, recording.state === 'recording' ? `${packetRate(lately.now.packets)} · ${bitRate(lately.now.bits)}` : 'no packets are taken now');
      charts.update(lately.points);
      figures.update(recording);
      segments.update(recording);
      outlook.update(recording);
      const { figures: _, segments: __, ...set } = recording;
      const key = JSON.stringify(set);
      if (key !== drawn) {
        drawn = key;
        replace(settings, settingsOf(recording).map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))));
      }
    },
    end() {
      charts.end();
      outlook.end();
      history.end();
      segments.end();
    },
  };
}

/** How it goes on with its files, while it is under way. */
function outlookPanel(id) {
  const words = h('dl', { class: 'settings', 'data-testid': 'outlook' });
  const element = h('section', { class: 'panel', 'aria-label': 'Outlook', hidden: true }, h('header', {}, h('h2', {}, 'Outlook')), h('div', { class: 'body' }, words));
  let known = false;
  const end = watchForecast(({ recordings }) => {
    const one = recordings.find((each) => each.id === id);
    known = Boolean(one);
    replace(words, one ? recordingWords(one).map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))) : []);
    element.hidden = !known;
  });
  return {
    element,
    update(recording) {
      element.hidden = !known || !isRunning(recording);
    },
    end,
  };
}

function actions(first) {
  const path = `/recordings/${first.id}`;
  let recording = first;
  const stop = stopButton(first, { class: 'stop' });
  const resume = access.operators(actionButton('Resume', async () => live.learn('recordings', await post(`${path}/resume`)), { 'data-testid': 'resume', class: '' }));
  const drop = access.operators(h('button', { class: 'danger', 'data-testid': 'delete', onclick: () => confirmDialog(
    `Delete ${recording.name}?`,
    `${plural(recording.segments.count, 'file')}, ${bytes(recording.segments.bytes)}, are deleted for good; protected ones too.`,
    'Delete', async () => {
      await remove(path);
      location.hash = '#/recordings';
      live.forget('recordings', first.id);
    }) }, 'Delete'));
  return {
    element: h('div', { class: 'actions' }, stop, resume, drop),
    update(now) {
      recording = now;
      stop.hidden = !canStop(now);
      resume.hidden = isRunning(now) || now.imported;
      drop.hidden = isRunning(now);
    },
  };
}

function figuresPanel() {
  const terms = EQUATION.map(([sign, name, label, meaning]) => ({ sign, name, ...term(name, label, meaning) }));
  const besides = BESIDES.map(([name, label, format, meaning]) => ({ name, format, ...term(name, label, meaning) }));
  const interruptions = h('p', { class: 'notice' });
  return {
    element: h('section', { class: 'panel', 'aria-label': 'Figures' }, h('header', {}, h('h2', {}, 'Figures'), h('span', { class: 'soft small' }, 'packets since the start')),
      h('div', { class: 'body fields' },
        h('div', { class: 'equation' }, terms.map(({ sign, element }) => h('div', { class: 'part' }, sign && h('span', { class: 'sign' }, sign), element))),
        h('div', { class: 'besides' }, besides.map((one) => one.element)),
        interruptions)),
    update({ figures, interruptions: times }) {
      terms.forEach((one) => {
        setText(one.value, count(figures[one.name]));
        one.element.classList.toggle('alarm', one.name === 'droppedKernel' && figures.droppedKernel > 0);
      });
      besides.forEach((one) => {
        setText(one.value, one.format(figures[one.name]));
        one.element.classList.toggle('alarm', one.name === 'droppedInterface' && figures.droppedInterface > 0);
      });
      setNote(interruptions, times ? `The recorder was killed ${times === 1 ? 'once' : plural(times, 'time')}: what was dropped after its last reading is unknown.` : '');
    },
  };
}

/** A figure whose meaning shows when it is pointed at, touched, or reached by the keyboard. */
function term(name, label, meaning) {
  const value = h('span', { class: 'value', 'data-figure': name });
  const id = `meaning-${name}`;
  return {
    value,
    element: h('div', { class: 'term', tabindex: '0', role: 'group', 'aria-label': label, 'aria-describedby': id },
      h('span', { class: 'soft small' }, label), value, h('span', { class: 'meaning', id, role: 'tooltip' }, meaning)),
  };
}

function settingsOf(recording) {
  return [
    ['Interface', recording.imported ? 'none: it was uploaded' : h('span', { class: 'name' }, nicOf(recording))],
    ...(recording.imported ? [] : settingsWords(recording)),
    [recording.imported ? 'Uploaded (UTC)' : 'Started (UTC)', moment(recording.startedAt)],
    !recording.imported && recording.endedAt && ['Ended (UTC)', moment(recording.endedAt)],
    ['Made by', h('span', { class: 'name' }, recording.createdBy)],
  ].filter(Boolean);
}
