// Puts the page together: who is signed in, and which view is shown.

import { access } from './access.js';
import { get, onSessionEnd, remove, useSession } from './api.js';
import { closeDialogs } from './dialog.js';
import { announce, h, replace } from './dom.js';
import { showFrame, showWhere } from './frame.js';
import { live } from './live.js';
import { hadSession, keepThatSignedIn, showSetup, showSignIn } from './session.js';
import * as audit from './audit.js';
import * as mirrors from './mirrors.js';
import * as overview from './overview.js';
import * as playing from './playing.js';
import * as recording from './recording.js';
import * as recordings from './recordings.js';
import * as replays from './replays.js';
import * as tokens from './tokens.js';
import * as users from './users.js';

const app = document.getElementById('app');

/** A view that is loaded when it is first shown, so that nobody who signs in waits for it. */
const later = (title, load) => ({
  show(into, id) {
    let loaded = null;
    let ended = false;
    const tell = (words) => replace(into, h('p', { class: 'loading', role: 'status' }, words));
    tell('Loading…');
    load().then((view) => {
      if (!ended) {
        into.replaceChildren();
        loaded = view.show(into, id);
      }
    }, () => ended || tell('Tapdeck does not answer: load the page again.'));
    return {
      title,
      end() {
        ended = true;
        loaded?.end();
      },
    };
  },
});

const VIEWS = [
  { pattern: /^#\/recordings\/([0-9a-f-]{36})$/i, view: recording, nav: '#/recordings' },
  { pattern: /^#\/recordings$/, view: recordings, nav: '#/recordings' },
  { pattern: /^#\/replays\/([0-9a-f-]{36})$/i, view: playing, nav: '#/replays' },
  { pattern: /^#\/files$/, view: later('Files', () => import('./files.js')), nav: '#/files' },
  { pattern: /^#\/schedules$/, view: later('Schedules', () => import('./schedules.js')), nav: '#/recordings' },
  { pattern: /^#\/templates$/, view: later('Templates', () => import('./templates.js')), nav: '#/recordings' },
  { pattern: /^#\/replays$/, view: replays, nav: '#/replays' },
  { pattern: /^#\/mirrors$/, view: mirrors, nav: '#/mirrors' },
  { pattern: /^#\/tokens$/, view: tokens, nav: '#/tokens' },
  { pattern: /^#\/system$/, view: later('System', () => import('./system.js')), nav: '#/system' },
  { pattern: /^#\/api$/, view: later('API', () => import('./reference.js')), nav: '#/system' },
  { pattern: /^#\/users$/, view: users, nav: '#/users', role: 'admin' },
  { pattern: /^#\/audit$/, view: audit, nav: '#/audit', role: 'admin' },
  { pattern: /^/, view: overview, nav: '#/' },
];

let main = null;
let shown = null;

async function begin() {
  onSessionEnd(() => signIn('Your session has ended.'));
  try {
    const session = hadSession() ? await currentSession() : null;
    if (session) {
      enter(session);
    } else if ((await get('/setup')).needed) {
      showSetup(app, enter);
    } else {
      signIn('');
    }
  } catch (problem) {
    replace(app, h('main', { class: 'signin', id: 'content', tabindex: '-1' }, h('div', { class: 'panel body fields' },
      h('p', { class: 'problem', role: 'alert' }, problem.message),
      h('button', { onclick: () => location.reload() }, 'Try again'))));
  }
}

const currentSession = () => get('/session').catch((problem) => {
  if (problem.status === 401) {
    return null;
  }
  throw problem;
});

function signIn(why) {
  leave();
  showSignIn(app, why, enter);
}

function leave() {
  shown?.end();
  shown = null;
  main = null;
  live.stop();
  closeDialogs();
  document.body.classList.remove('stale');
  access.use(null);
  useSession(null);
  keepThatSignedIn(false);
}

function enter(session) {
  access.use(session);
  useSession(session);
  keepThatSignedIn(true);
  main = showFrame(app, signOut);
  live.start();
  route();
}

async function signOut() {
  await remove('/session').catch(() => {});
  signIn('');
}

function route() {
  if (!main) {
    return false;
  }
  const { view, nav, found } = VIEWS
    .filter(({ role }) => !role || access.may(role))
    .map((one) => ({ ...one, found: one.pattern.exec(location.hash) }))
    .find((one) => one.found);
  shown?.end();
  main.replaceChildren();
  shown = view.show(main, found[1]);
  showWhere(nav);
  document.title = `${shown.title} – Tapdeck`;
  scrollTo(0, 0);
  announce(shown.title);
  return true;
}

document.querySelector('.skip').addEventListener('click', (event) => {
  // The hash is the view's: following the link would leave the view.
  event.preventDefault();
  document.getElementById('content')?.focus();
});
addEventListener('hashchange', () => {
  // Whoever came by a link in the view goes on from the new view's beginning.
  if (route() && !document.activeElement?.closest('nav, dialog')) {
    main.focus({ preventScroll: true });
  }
});
begin();
