// Who may use this appliance, and one's own password.

import { get, put, remove } from './api.js';
import { confirmDialog, openDialog } from './dialog.js';
import { announce, h, replace } from './dom.js';
import { time } from './format.js';

const ROLES = [['viewer', 'viewer: sees everything but packets'], ['operator', 'operator: records, replays, mirrors, downloads'], ['admin', 'admin: manages users too']];

const roleField = (role) => h('select', { 'data-testid': 'role' }, ROLES.map(([value, text]) => h('option', { value, selected: value === role }, text)));

const passwordField = (label, attributes = {}) => {
  const input = h('input', { type: 'password', minlength: '10', maxlength: '1024', autocomplete: 'new-password', ...attributes });
  return { input, element: h('label', {}, label, input, h('span', { class: 'hint' }, '10 characters or more')) };
};

export function show(main, viewer) {
  const rows = h('tbody');
  const problem = h('p', { class: 'problem', role: 'alert' });
  const load = async () => {
    try {
      const users = await get('/users');
      problem.textContent = '';
      replace(rows, users.map((user) => h('tr', { 'data-user': user.name },
        h('td', { class: 'title' }, h('strong', {}, user.name), user.name === viewer.user && h('span', { class: 'soft small' }, ' (you)')),
        h('td', { 'data-label': 'Role' }, user.role),
        h('td', { 'data-label': 'Made (UTC)', class: 'figure' }, time(user.createdAt)),
        h('td', { class: 'end' }, h('div', { class: 'actions' },
          h('button', { class: 'small', 'aria-label': `Change ${user.name}`, onclick: () => userDialog(user, load) }, 'Change'),
          h('button', { class: 'small danger', 'aria-label': `Delete ${user.name}`, onclick: () =>
            confirmDialog(`Delete user ${user.name}`, 'Every session of this user ends at once.', 'Delete', async () => {
              await remove(`/users/${encodeURIComponent(user.name)}`);
              await load();
            }) }, 'Delete'))))));
    } catch (refused) {
      problem.textContent = refused.message;
    }
  };
  main.append(
    h('div', { class: 'heading' }, h('h1', { class: 'grow' }, 'Users'), h('button', { class: 'main', 'data-testid': 'new-user', onclick: () => userDialog(null, load) }, 'New user')),
    problem,
    h('section', { class: 'panel' }, h('div', { class: 'scroll' }, h('table', { class: 'cards' },
      h('thead', {}, h('tr', {}, ['User', 'Role', 'Made (UTC)'].map((name) => h('th', { scope: 'col' }, name)), h('th', {}, h('span', { class: 'unseen' }, 'Actions')))), rows))));
  load();
  return { title: 'Users' };
}

function userDialog(user, done) {
  const name = h('input', { required: true, maxlength: '64', value: user?.name ?? '', disabled: Boolean(user), autocomplete: 'off', spellcheck: 'false' });
  const role = roleField(user?.role ?? 'viewer');
  const password = passwordField(user ? 'New password; empty: as it is' : 'Password', { required: !user });
  openDialog({
    title: user ? `Change user ${user.name}` : 'New user', action: user ? 'Change' : 'Make', testid: 'user-dialog', confirmTestid: 'save-user',
    content: [h('label', {}, 'User', name), h('label', {}, 'Role', role), password.element],
    submit: async () => {
      await put(`/users/${encodeURIComponent(name.value)}`, { role: role.value, ...(password.input.value ? { password: password.input.value } : {}) });
      await done();
    },
  });
}

export function changePassword() {
  const current = h('input', { type: 'password', required: true, autocomplete: 'current-password' });
  const next = passwordField('New password', { required: true });
  openDialog({
    title: 'Change your password', action: 'Change', testid: 'password-dialog',
    content: [h('label', {}, 'Current password', current), next.element],
    submit: async () => {
      await put('/session/password', { current: current.value, new: next.input.value });
      announce('Password changed');
    },
  });
}
