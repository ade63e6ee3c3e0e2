// Who comes in: the first user with the code of the console, the others with their password.

import { post } from './api.js';
import { h, replace } from './dom.js';
import { field, NEW_PASSWORD, password, PASSWORD_HINT } from './fields.js';

const KEPT = 'signedIn';

/** Whether this browser had a session when it was last here. The session itself is a cookie that no script sees. */
export function hadSession() {
  try {
    return localStorage.getItem(KEPT) !== null;
  } catch {
    return true;
  }
}

export function keepThatSignedIn(signedIn) {
  try {
    if (signedIn) {
      localStorage.setItem(KEPT, 'yes');
    } else {
      localStorage.removeItem(KEPT);
    }
  } catch {
    // Then it is asked each time.
  }
}

function showForm(app, { testid, title, intro, fields, action, doing, submit, done }) {
  const problem = h('p', { class: 'problem', role: 'alert', 'data-testid': 'problem' });
  const go = h('button', { class: 'main', type: 'submit', 'data-testid': `${testid}-submit` }, action);
  const form = h('form', { class: 'panel', 'data-testid': `${testid}-form`, onsubmit: async (event) => {
    event.preventDefault();
    problem.textContent = '';
    go.disabled = true;
    go.textContent = doing;
    try {
      done(await submit());
    } catch (refused) {
      problem.textContent = refused.message;
      go.disabled = false;
      go.textContent = action;
    }
  } },
  h('div', { class: 'brand' }, h('img', { src: '/assets/icon.svg', alt: '' }), 'Tapdeck'),
  h('div', { class: 'fields close' }, h('h1', {}, title), intro && h('p', { class: 'soft small' }, intro)),
  fields.map((one) => one.element), problem, go);
  replace(app, h('main', { class: 'signin', id: 'content', tabindex: '-1' }, form));
  document.title = `${title} – Tapdeck`;
  form.querySelector('input').focus();
}

const userField = () => field('User', 'user', { required: true, autocomplete: 'username', autocapitalize: 'off', maxlength: '64' });

export function showSetup(app, done) {
  const code = field('Code', 'code', { class: 'code', required: true, placeholder: 'XXXX-XXXX-XXXX', parse: (text) => text.trim().toUpperCase() });
  const user = userField();
  const secret = password('Password', { name: 'password', ...NEW_PASSWORD }, PASSWORD_HINT);
  showForm(app, {
    testid: 'setup',
    title: 'Make the first user',
    intro: 'Tapdeck printed a one-time code where it was started. Whoever has it becomes the administrator.',
    fields: [code, user, secret],
    action: 'Begin',
    doing: 'One moment…',
    submit: () => post('/setup', { code: code.read(), user: user.read(), password: secret.input.value }),
    done,
  });
}

/**
 * @param why why one is asked again; empty at the beginning
 */
export function showSignIn(app, why, done) {
  const user = userField();
  const secret = password('Password', { name: 'password', autocomplete: 'current-password' });
  showForm(app, {
    testid: 'sign-in',
    title: 'Sign in',
    intro: why,
    fields: [user, secret],
    action: 'Sign in',
    doing: 'One moment…',
    submit: () => post('/session', { user: user.read(), password: secret.input.value }),
    done,
  });
}
