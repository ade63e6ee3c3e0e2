// This appliance: what it is, how it is reached, what it bounds, and whether it is fit to record.

import { get } from './api.js';
import { doctorPanel } from './doctor.js';
import { h, moment, replace, setNote } from './dom.js';
import { between, bytes, count, durationSeconds, span } from './format.js';

/** What may take more room than others. */
const LONG = new Set(['Data directory', 'Northbound', 'A request']);

/** It is asked for anew after so long. */
const AGAIN = 15_000;

export function show(main) {
  const problem = h('p', { class: 'problem', role: 'alert' });
  const about = listPanel('This appliance', 'about');
  const doctor = doctorPanel();
  const settings = listPanel('How it was started', 'settings');
  const privileges = listPanel('Privileges', 'privileges');
  let ended = false;
  const load = async () => {
    try {
      const appliance = await get('/about');
      if (!ended) {
        setNote(problem, '');
        about.update(aboutOf(appliance));
        settings.update([...settingsOf(appliance.server), uploadsOf(appliance.uploads)]);
        privileges.update(privilegesOf(appliance.privileges));
      }
    } catch (refused) {
      setNote(problem, refused.message);
      about.fail();
      settings.fail();
      privileges.fail();
    }
  };
  setNote(problem, '');
  main.append(h('div', { class: 'heading' }, h('h1', { class: 'grow' }, 'System'), h('a', { class: 'button', href: '#/api' }, 'The API')), problem, about.element, doctor.element, settings.element, privileges.element);
  const timer = setInterval(load, AGAIN);
  load();
  return {
    title: 'System',
    end() {
      ended = true;
      clearInterval(timer);
      doctor.end();
    },
  };
}

/** A panel of names and what they are. */
function listPanel(title, testid) {
  const list = h('dl', { class: 'settings', 'data-testid': testid });
  const loading = h('p', { class: 'loading', role: 'status' }, 'Loading…');
  return {
    element: h('section', { class: 'panel', 'aria-label': title }, h('header', {}, h('h2', {}, title)), h('div', { class: 'body' }, loading, list)),
    update(pairs) {
      loading.remove();
      replace(list, pairs.map(([name, what]) => h('div', { class: LONG.has(name) ? 'wide' : null }, h('dt', {}, name), h('dd', {}, what))));
    },
    /** What was shown before stays. */
    fail() {
      loading.textContent = 'Not known.';
    },
  };
}

function aboutOf({ version, startedAt, dataDirectory, freeBytes, totalBytes, northbound }) {
  return [
    ['Version', version],
    ['Up', span(between(startedAt, new Date().toISOString()))],
    ['Started (UTC)', moment(startedAt)],
    ['Data directory', h('code', { class: 'name' }, dataDirectory)],
    ['Disk', `${bytes(freeBytes)} free of ${bytes(totalBytes)}`],
    ['Northbound', [h('span', { class: `state ${northbound.connected ? 'good' : 'bad'}` }, northbound.connected ? 'connected' : 'does not answer'), h('br'), h('code', { class: 'name' }, northbound.address)]],
  ];
}

const uploadsOf = ({ bytes: most, contentBytes, keepFree }) =>
  ['An upload', `at most ${bytes(most)}, and ${bytes(contentBytes)} once it is decompressed; at least ${keepFree} % of the disk stay free`];

/** What each kind of process is called, and does. */
const PARTS = {
  server: 'Pages, API, files',
  starter: 'Starter',
  recorder: 'Recorders',
  player: 'Players',
};

/** Nobody reads forty names. */
const MOST_NAMED = 8;

function privilegesOf({ separated, advice, parts }) {
  const rows = parts.map(({ name, user, capabilities }) => {
    const may = capabilities.length > MOST_NAMED ? 'all privileges' : capabilities.join(', ') || 'no privilege';
    return [PARTS[name] ?? name, [h('span', { class: 'name' }, user), `: ${may}`]];
  });
  if (!separated && advice) {
    rows.unshift(['To see to', [h('span', { class: 'state warn' }, 'all of it runs with root’s privileges'), h('br'), advice]]);
  }
  return rows;
}

function settingsOf({ listen, encrypted, hostNames, limits }) {
  return [
    ['Listens at', h('code', { class: 'name' }, listen)],
    ['Encryption', encrypted ? 'TLS' : 'none: plain HTTP'],
    ['Called', hostNames.length ? h('span', { class: 'name' }, hostNames.join(', ')) : 'by its addresses only'],
    ['A request', `at most ${bytes(limits.bodyBytes)}; its head and its body within ${span(durationSeconds(limits.patience))} each`],
    ['Connections', `${count(limits.connections)} at most`],
    ['Open pages', `${count(limits.eventStreams)} at most`],
  ];
}
