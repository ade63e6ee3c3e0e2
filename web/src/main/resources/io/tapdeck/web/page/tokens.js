// API tokens: what programs call with.

import { access, ROLES } from './access.js';
import { get, put, remove, wishIds } from './api.js';
import { confirmDialog, openDialog, showDialog } from './dialog.js';
import { announce, h, keyed, moment, setMoment, setNote, setText } from './dom.js';
import { choice, field } from './fields.js';
import { parseCount } from './format.js';

const DAY = 24 * 3600 * 1000;
const LONGEST = 366;

/** The server's clock may be behind this one. */
const MARGIN = 10 * 60 * 1000;

export function show(main) {
  const rows = h('tbody');
  const problem = h('p', { class: 'problem', role: 'alert' });
  const loading = h('p', { class: 'loading', role: 'status' }, 'Loading…');
  const none = h('div', { class: 'empty', hidden: true }, h('p', {}, 'There are no API tokens.'),
    h('p', { class: 'small' }, 'A program calls with one in the header “Authorization: Bearer …”.'),
    h('button', { onclick: () => tokenDialog(load) }, 'Make the first'));
  const table = h('div', { class: 'scroll', hidden: true }, h('table', { class: 'cards', 'data-testid': 'tokens' },
    h('thead', {}, h('tr', {}, ['Name', 'User', 'May do', 'Made (UTC)', 'Expires (UTC)', 'Last used (UTC)'].map((name) => h('th', { scope: 'col' }, name)),
      h('th', {}, h('span', { class: 'unseen' }, 'Actions')))), rows));
  const update = keyed(rows, (token) => token.id, (token) => row(token, load));
  const load = async () => {
    try {
      const tokens = await get('/tokens');
      setNote(problem, '');
      update(tokens);
      table.hidden = tokens.length === 0;
      none.hidden = tokens.length > 0;
    } catch (refused) {
      setNote(problem, refused.message);
    }
    loading.hidden = true;
  };
  setNote(problem, '');
  main.append(
    h('div', { class: 'heading' }, h('h1', { class: 'grow' }, 'API tokens'),
      h('button', { class: 'main', 'data-testid': 'new-token', onclick: () => tokenDialog(load) }, 'New token')),
    problem,
    h('section', { class: 'panel', 'aria-label': 'All API tokens' }, table, none, loading));
  load();
  return { title: 'API tokens', end() {} };
}

function row(token, changed) {
  const used = h('time');
  const element = h('tr', { 'data-token': token.name },
    h('td', { class: 'title' }, h('strong', { class: 'name' }, token.name)),
    h('td', { 'data-label': 'User', class: 'name' }, token.user),
    h('td', { 'data-label': 'May do', title: ROLES[token.scope] }, token.scope),
    h('td', { 'data-label': 'Made (UTC)', class: 'figure' }, moment(token.createdAt)),
    h('td', { 'data-label': 'Expires (UTC)', class: 'figure' }, moment(token.expiresAt)),
    h('td', { 'data-label': 'Last used (UTC)', class: 'figure' }, used),
    h('td', { class: 'end' }, h('div', { class: 'actions' },
      h('button', { class: 'small danger', 'aria-label': `Delete ${token.name}`, 'data-testid': 'delete-token', onclick: () =>
        confirmDialog(`Delete API token ${token.name}?`, 'Programs that call with it are refused at once.', 'Delete', async () => {
          await remove(`/tokens/${token.id}`);
          await changed();
        }) }, 'Delete'))));
  return {
    element,
    update({ usedAt }) {
      if (usedAt) {
        setMoment(used, usedAt);
      } else {
        setText(used, 'never');
      }
    },
  };
}

function tokenDialog(changed) {
  const idOf = wishIds();
  const name = field('Name', 'name', { required: true, maxlength: '64', hint: 'what it is for, such as “nightly download”' });
  const scope = choice('May do', 'scope', Object.entries(ROLES).filter(([role]) => access.may(role)).map(([role, what]) => [role, `${role}: ${what}`]), { 'data-testid': 'scope' });
  const days = field('Expires after, in days', 'days', { required: true, value: '90', inputmode: 'numeric', hint: `${LONGEST} at most`, parse: parseDays });
  openDialog({
    title: 'New API token', action: 'Make token', testid: 'token-dialog', confirmTestid: 'save-token',
    content: [name.element, scope.element, days.element],
    submit: async () => {
      const wish = { name: name.read(), scope: scope.input.value, days: days.read() };
      const made = await put(`/tokens/${idOf(wish)}`, { name: wish.name, scope: wish.scope, expiresAt: new Date(Date.now() + wish.days * DAY - MARGIN).toISOString() });
      await changed();
      showSecret(made);
    },
  });
}

function parseDays(text) {
  const days = parseCount(text);
  if (days > LONGEST) {
    throw new Error(`Give ${LONGEST} at most.`);
  }
  return days;
}

function showSecret(token) {
  const secret = h('input', { type: 'text', class: 'mono', readonly: true, value: token.secret, 'aria-label': 'The secret', 'data-testid': 'secret', onfocus: (event) => event.target.select() });
  showDialog(`API token ${token.name}`, [
    h('p', {}, 'Copy its secret now: it is shown this once, and kept nowhere.'),
    secret,
    h('button', { type: 'button', class: 'small', onclick: async () => {
      secret.select();
      try {
        await navigator.clipboard.writeText(token.secret);
        announce('Copied');
      } catch {
        announce('It is selected: copy it');
      }
    } }, 'Copy'),
  ], 'secret-dialog');
}
