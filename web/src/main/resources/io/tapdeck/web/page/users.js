// Who may use this appliance, and one's own password.

import { access, ROLES } from './access.js';
import { get, put, remove, useSession } from './api.js';
import { confirmDialog, openDialog } from './dialog.js';
import { announce, h, keyed, moment, setNote, setText } from './dom.js';
import { choice, field, NEW_PASSWORD, password, PASSWORD_HINT } from './fields.js';
import { targetsPanel } from './targets.js';

/** As the server takes them. */
const NAME = '[A-Za-z0-9][A-Za-z0-9._@\\-]{0,63}';

export function show(main) {
  const rows = h('tbody');
  const problem = h('p', { class: 'problem', role: 'alert' });
  const loading = h('p', { class: 'loading', role: 'status' }, 'Loading…');
  const update = keyed(rows, (user) => user.name, (user) => row(user, load));
  const load = async () => {
    try {
      const users = await get('/users');
      setNote(problem, '');
      update(users);
    } catch (refused) {
      setNote(problem, refused.message);
    }
    loading.hidden = true;
  };
  setNote(problem, '');
  main.append(
    h('div', { class: 'heading' }, h('h1', { class: 'grow' }, 'Users'),
      h('div', { class: 'actions' },
        h('button', { onclick: passwordDialog }, 'Change my password'),
        h('button', { class: 'main', 'data-testid': 'new-user', onclick: () => userDialog(null, load) }, 'New user'))),
    problem,
    h('section', { class: 'panel', 'aria-label': 'All users' }, h('div', { class: 'scroll' }, h('table', { class: 'cards', 'data-testid': 'users' },
      h('thead', {}, h('tr', {}, ['User', 'Role', 'Made (UTC)'].map((name) => h('th', { scope: 'col' }, name)), h('th', {}, h('span', { class: 'unseen' }, 'Actions')))), rows)), loading),
    targetsPanel());
  load();
  return { title: 'Users', end() {} };
}

function row(first, changed) {
  let user = first;
  const mine = user.name === access.user;
  const role = h('td', { 'data-label': 'Role' });
  const element = h('tr', { 'data-user': user.name },
    h('td', { class: 'title' }, h('strong', { class: 'name' }, user.name), mine && h('span', { class: 'soft' }, ' (you)')),
    role,
    h('td', { 'data-label': 'Made (UTC)', class: 'figure' }, moment(user.createdAt)),
    h('td', { class: 'end' }, h('div', { class: 'actions' },
      h('button', { class: 'small', 'aria-label': `Change ${user.name}`, 'data-testid': 'change-user', onclick: () => userDialog(user, changed) }, 'Change'),
      h('button', { class: 'small danger', 'aria-label': `Delete ${user.name}`, 'data-testid': 'delete-user', onclick: () =>
        confirmDialog(`Delete user ${user.name}?`, mine ? 'This is you: you are signed out at once.' : 'Every session of this user ends at once.', 'Delete', async () => {
          await remove(`/users/${encodeURIComponent(user.name)}`);
          await changed();
        }) }, 'Delete'))));
  return {
    element,
    update(now) {
      user = now;
      setText(role, now.role);
      role.title = ROLES[now.role] ?? '';
    },
  };
}

function userDialog(user, changed) {
  const name = field('User', 'user', { required: true, pattern: NAME, title: 'letters, digits and . _ @ - (64 at most)', value: user?.name ?? '', ...(user ? { disabled: true } : {}) });
  const role = choice('Role', 'role', Object.entries(ROLES).map(([value, what]) => [value, `${value}: ${what}`]), { 'data-testid': 'role' });
  role.input.value = user?.role ?? 'operator';
  const secret = password(user ? 'New password' : 'Password', { ...NEW_PASSWORD, required: !user }, user ? `empty: as it is; a new one (${PASSWORD_HINT}) ends their sessions and API tokens` : PASSWORD_HINT);
  openDialog({
    title: user ? `Change user ${user.name}` : 'New user', action: user ? 'Change' : 'Make user', testid: 'user-dialog', confirmTestid: 'save-user',
    content: [name.element, role.element, secret.element],
    submit: async () => {
      const called = user?.name ?? name.read();
      await put(`/users/${encodeURIComponent(called)}`, { role: role.input.value, ...(secret.input.value ? { password: secret.input.value } : {}) });
      await changed();
    },
  });
}

export function passwordDialog() {
  const current = password('Current password', { autocomplete: 'current-password' });
  const fresh = password('New password', NEW_PASSWORD, PASSWORD_HINT);
  openDialog({
    title: 'Change your password', action: 'Change', testid: 'password-dialog', confirmTestid: 'save-password',
    content: [h('p', { class: 'soft' }, 'Your other sessions end. Your API tokens stay: delete those that you do not want.'),
      h('input', { type: 'text', autocomplete: 'username', value: access.user, hidden: true, 'aria-hidden': 'true' }), current.element, fresh.element],
    submit: async () => {
      useSession(await put('/session/password', { current: current.input.value, new: fresh.input.value }));
      announce('Your password has been changed');
    },
  });
}
