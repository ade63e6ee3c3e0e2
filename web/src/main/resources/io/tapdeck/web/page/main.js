// Puts the page together: who is signed in, which view is shown, and what all views have around them.

import { get, onSignedOut, remove, useSession } from './api.js';
import { announce, h, replace } from './dom.js';
import { live } from './live.js';
import { showSetup, showSignIn } from './session.js';
import { changePassword } from './users.js';
import * as overview from './overview.js';
import * as recordings from './recordings.js';
import * as recording from './recording.js';
import * as replays from './replays.js';
import * as mirrors from './mirrors.js';
import * as users from './users.js';

const app = document.getElementById('app');
const RANKS = ['viewer', 'operator', 'admin'];

const VIEWS = [
  { pattern: /^#\/recordings\/([0-9a-f-]{36})$/, view: recording, nav: '#/recordings' },
  { pattern: /^#\/recordings$/, view: recordings, nav: '#/recordings' },
  { pattern: /^#\/replays$/, view: replays, nav: '#/replays' },
  { pattern: /^#\/mirrors$/, view: mirrors, nav: '#/mirrors' },
  { pattern: /^#\/users$/, view: users, nav: '#/users' },
  { pattern: /^/, view: overview, nav: '#/' },
];

let session = null;
let shown = null;

/** What a view may know of who looks at it. */
const viewer = {
  may: (role) => RANKS.indexOf(session?.role) >= RANKS.indexOf(role),
  get user() {
    return session?.user ?? '';
  },
};

async function begin() {
  onSignedOut(signIn);
  try {
    const setup = await get('/setup');
    if (setup.needed) {
      showSetup(app, enter);
      return;
    }
    // Asking for a session that is not there would look like an error in the browser's console.
    if (localStorage.getItem('session') === null) {
      signIn();
      return;
    }
    try {
      enter(await get('/session'));
    } catch (problem) {
      if (problem.status !== 401) {
        throw problem;
      }
      signIn();
    }
  } catch (problem) {
    replace(
      app,
      h('div', { class: 'signin' }, h('div', { class: 'panel body' },
        h('p', { class: 'problem', role: 'alert' }, problem.message),
        h('p', {}, h('button', { onclick: () => location.reload() }, 'Try again')))));
  }
}

function signIn() {
  leave();
  showSignIn(app, enter);
}

function leave() {
  shown?.end?.();
  shown = null;
  live.stop();
  session = null;
  localStorage.removeItem('session');
  useSession(null);
}

function enter(signedIn) {
  session = signedIn;
  localStorage.setItem('session', 'begun');
  useSession(signedIn);
  frame();
  live.start();
  route();
}

function frame() {
  const links = [
    ['#/', 'Overview'],
    ['#/recordings', 'Recordings'],
    ['#/replays', 'Replays'],
    ['#/mirrors', 'Mirrors'],
    ...(viewer.may('admin') ? [['#/users', 'Users']] : []),
  ];
  const banner = h('div', { class: 'banner', role: 'status', hidden: true, 'data-testid': 'disconnected' },
    'No connection to Tapdeck: what you see may be old. Trying again…');
  replace(
    app,
    h('header', { class: 'top' },
      h('a', { class: 'brand', href: '#/' }, h('img', { src: '/assets/icon.svg', alt: '' }), 'Tapdeck'),
      h('nav', { 'aria-label': 'Views' }, links.map(([href, name]) => h('a', { href }, name))),
      h('div', { class: 'who' },
        h('button', { class: 'plain small', onclick: changeTheme, title: 'Light or dark', 'aria-label': 'Light or dark theme', 'data-testid': 'theme' }, '◐'),
        h('button', { class: 'plain small', onclick: changePassword, title: `Signed in as ${session.role}: change password` }, session.user),
        h('button', { class: 'plain small', onclick: signOut, 'data-testid': 'sign-out' }, 'Sign out'))),
    banner,
    h('main', { id: 'content', tabindex: '-1' }, h('p', { class: 'loading', role: 'status' }, 'Loading…')));
  live.onConnection((connected) => {
    banner.hidden = connected;
    document.body.classList.toggle('stale', !connected);
    announce(connected ? 'Connected' : 'Connection lost');
  });
}

function changeTheme() {
  const root = document.documentElement;
  const dark = root.dataset.theme
    ? root.dataset.theme === 'dark'
    : matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = dark ? 'light' : 'dark';
  localStorage.setItem('theme', root.dataset.theme);
  dispatchEvent(new Event('themechange'));
}

async function signOut() {
  await remove('/session').catch(() => {});
  signIn();
}

function route() {
  if (!session) {
    return;
  }
  const { view, nav, found } = VIEWS.map((one) => ({ ...one, found: one.pattern.exec(location.hash) })).find((one) => one.found);
  shown?.end?.();
  const main = document.getElementById('content');
  document.querySelectorAll('.top nav a').forEach((link) =>
    link.getAttribute('href') === nav ? link.setAttribute('aria-current', 'page') : link.removeAttribute('aria-current'));
  main.replaceChildren();
  shown = view.show(main, viewer, found[1]);
  document.title = `${shown.title} – Tapdeck`;
  if (document.activeElement?.closest('nav') === null) {
    main.focus({ preventScroll: true });
  }
  announce(shown.title);
}

addEventListener('hashchange', route);
begin();
