// What all views have around them: the way to each, who is signed in, and whether we are connected.

import { access } from './access.js';
import { announce, h, replace, setText } from './dom.js';
import { live } from './live.js';
import { passwordDialog } from './users.js';

const LINKS = [['#/', 'Overview'], ['#/recordings', 'Recordings'], ['#/files', 'Files'], ['#/replays', 'Replays'], ['#/mirrors', 'Mirrors'], ['#/tokens', 'Tokens'], ['#/system', 'System'], ['#/users', 'Users', 'admin'], ['#/audit', 'Audit', 'admin']];

/** Draws the frame; its main element is where views go. */
export function showFrame(app, signOut) {
  const main = h('main', { id: 'content', tabindex: '-1' }, h('p', { class: 'loading', role: 'status' }, 'Loading…'));
  replace(
    app,
    h('header', { class: 'top' },
      h('a', { class: 'brand', href: '#/' }, h('img', { src: '/assets/icon.svg', alt: '' }), 'Tapdeck'),
      h('nav', { 'aria-label': 'Views' }, LINKS.filter(([, , role]) => !role || access.may(role)).map(([href, name]) => h('a', { href }, name))),
      h('div', { class: 'who' },
        h('button', { class: 'plain small', onclick: changeTheme, title: 'Light or dark', 'aria-label': 'Light or dark', 'data-testid': 'theme' }, '◐'),
        h('button', { class: 'plain small', onclick: passwordDialog, title: `Signed in as ${access.role}: change your password`, 'data-testid': 'who' }, h('span', { class: 'user' }, access.user), h('span', { class: 'tag' }, access.role)),
        h('button', { class: 'plain small', onclick: signOut, 'data-testid': 'sign-out' }, 'Sign out'))),
    connectionBanner(), main);
  return main;
}

export function showWhere(nav) {
  document.querySelectorAll('.top nav a').forEach((link) => {
    if (link.getAttribute('href') === nav) {
      link.setAttribute('aria-current', 'page');
      // Where there is no room for all of them.
      link.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    } else {
      link.removeAttribute('aria-current');
    }
  });
}

function connectionBanner() {
  const why = h('span', { class: 'grow' });
  const when = h('span', { class: 'figure' });
  const banner = h('div', { class: 'banner', role: 'alert', hidden: true, 'data-testid': 'disconnected' },
    why, when, h('button', { class: 'small', onclick: () => live.retry() }, 'Try now'));
  let timer = 0;
  let connectedBefore = true;
  live.onConnection(({ connected, problem, retryAt }) => {
    clearInterval(timer);
    banner.hidden = connected;
    document.body.classList.toggle('stale', !connected);
    if (connected !== connectedBefore) {
      connectedBefore = connected;
      announce(connected ? 'Connected again' : '');
    }
    if (!connected) {
      setText(why, `Not connected, so what you see is old. ${problem}`);
      const count = () => {
        const left = Math.ceil((retryAt - Date.now()) / 1000);
        setText(when, left > 0 ? `Trying again in ${left} s` : 'Trying…');
      };
      count();
      timer = setInterval(count, 500);
    }
  });
  return banner;
}

function changeTheme() {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = dark ? 'light' : 'dark';
  try {
    localStorage.setItem('theme', root.dataset.theme);
  } catch {
    // It holds until the page is left.
  }
  dispatchEvent(new Event('themechange'));
}
