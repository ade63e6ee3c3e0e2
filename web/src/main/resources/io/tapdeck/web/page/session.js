// Who comes in: the first user with the code of the console, the others with their password.

import { post } from './api.js';
import { h, replace } from './dom.js';

function form(app, testid, title, intro, fields, action, submit, done) {
  const problem = h('p', { class: 'problem', role: 'alert' });
  const button = h('button', { class: 'main', type: 'submit' }, action);
  const made = h('form', { class: 'panel', 'data-testid': testid, onsubmit: async (event) => {
    event.preventDefault();
    problem.textContent = '';
    button.disabled = true;
    try {
      done(await submit(Object.fromEntries(new FormData(made))));
    } catch (refused) {
      problem.textContent = refused.message;
      button.disabled = false;
    }
  } },
  h('div', { class: 'brand' }, h('img', { src: '/assets/icon.svg', alt: '' }), 'Tapdeck'),
  h('div', {}, h('h1', {}, title), intro && h('p', { class: 'soft small' }, intro)),
  fields, problem, button);
  replace(app, h('main', { class: 'signin', id: 'content', tabindex: '-1' }, made));
  document.title = `${title} – Tapdeck`;
  made.querySelector('input').focus();
}

export function showSetup(app, done) {
  form(
    app, 'setup-form', 'Make the first user',
    'Tapdeck printed a one-time code where it was started. Whoever has it becomes the administrator.',
    [
      h('label', {}, 'Code', h('input', { name: 'code', class: 'code', required: true, autocomplete: 'off', spellcheck: 'false', placeholder: 'XXXX-XXXX-XXXX' })),
      h('label', {}, 'User', h('input', { name: 'user', required: true, autocomplete: 'username', spellcheck: 'false', maxlength: '64' })),
      h('label', {}, 'Password', h('input', { name: 'password', type: 'password', required: true, minlength: '10', maxlength: '1024', autocomplete: 'new-password' }),
        h('span', { class: 'hint' }, '10 characters or more')),
    ],
    'Begin',
    ({ code, user, password }) => post('/setup', { code: code.trim().toUpperCase(), user: user.trim(), password }),
    done);
}

export function showSignIn(app, done) {
  form(
    app, 'sign-in-form', 'Sign in', '',
    [
      h('label', {}, 'User', h('input', { name: 'user', required: true, autocomplete: 'username', spellcheck: 'false', maxlength: '64' })),
      h('label', {}, 'Password', h('input', { name: 'password', type: 'password', required: true, autocomplete: 'current-password' })),
    ],
    'Sign in',
    ({ user, password }) => post('/session', { user: user.trim(), password }),
    done);
}
