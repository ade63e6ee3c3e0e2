// Templates: settings of recordings under names, to be chosen when one is started or planned.

import { access } from './access.js';
import { get, put, remove, wishIds } from './api.js';
import { confirmDialog, openDialog } from './dialog.js';
import { announce, h, keyed, replace, setMoment, setNote, setText } from './dom.js';
import { field, refusedAt } from './fields.js';
import { settingsFields, settingsWords } from './settings.js';

export function show(main) {
  const list = h('div', { class: 'running', 'data-testid': 'templates' });
  const problem = h('p', { class: 'problem', role: 'alert' });
  const loading = h('p', { class: 'loading', role: 'status' }, 'Loading…');
  const none = h('div', { class: 'empty', hidden: true }, h('p', {}, 'There are no templates yet.'), h('p', { class: 'small' }, 'A template is a set of settings with a name: a filter, rotation, what is kept, limits.'),
    access.operators(h('button', { onclick: () => templateDialog(null, load) }, 'Make the first')));
  const update = keyed(list, (template) => template.id, (template) => card(template, load));
  const load = async () => {
    try {
      const all = await get('/recording_templates');
      setNote(problem, '');
      update(all);
      none.hidden = all.length > 0;
      list.hidden = all.length === 0;
    } catch (refused) {
      setNote(problem, refused.message);
    }
    loading.hidden = true;
  };
  setNote(problem, '');
  main.append(
    h('div', { class: 'heading' },
      h('a', { href: '#/recordings', class: 'button plain', 'aria-label': 'All recordings' }, '‹'), h('h1', { class: 'grow' }, 'Templates'),
      access.operators(h('button', { class: 'main', 'data-testid': 'new-template', onclick: () => templateDialog(null, load) }, 'New template'))),
    problem,
    h('section', { class: 'panel', 'aria-label': 'All templates' }, loading, list, none));
  load();
  return { title: 'Templates', end() {} };
}

function card(first, changed) {
  let template = first;
  const name = h('h2', { class: 'name grow' });
  const change = access.operators(h('button', { class: 'small', 'data-testid': 'change-template', onclick: () => templateDialog(template, changed) }, 'Change'));
  const drop = access.operators(h('button', { class: 'small danger', 'data-testid': 'delete-template', onclick: () =>
    confirmDialog(`Delete template ${template.name}?`, 'Recordings that were started by it stay as they are.', 'Delete', async () => {
      await remove(`/recording_templates/${template.id}`);
      await changed();
    }) }, 'Delete'));
  const settings = h('dl', { class: 'settings' });
  const changedAt = h('time');
  const changedBy = h('span', { class: 'name' });
  return {
    element: h('article', { class: 'card', 'data-template': first.id },
      h('header', {}, name, change, drop), settings,
      h('p', { class: 'soft small foot' }, h('span', {}, 'Changed (UTC) ', changedAt), changedBy)),
    update(now) {
      template = now;
      setText(name, now.name);
      change.setAttribute('aria-label', `Change ${now.name}`);
      drop.setAttribute('aria-label', `Delete ${now.name}`);
      replace(settings, settingsWords(now.settings).map(([label, value]) => h('div', {}, h('dt', {}, label), h('dd', {}, value))));
      setMoment(changedAt, now.changedAt);
      setText(changedBy, now.changedBy);
    },
  };
}

function templateDialog(template, changed) {
  const idOf = wishIds();
  const name = field('Name', 'name', { required: true, maxlength: '100', value: template?.name ?? '' });
  const settings = settingsFields();
  if (template) {
    settings.fill(template.settings);
  }
  openDialog({
    title: template ? `Change template ${template.name}` : 'New template',
    testid: 'template-dialog',
    confirmTestid: 'save-template',
    action: template ? 'Change' : 'Make template',
    content: [name.element, ...settings.elements],
    submit: async () => {
      const wish = { name: name.read(), settings: settings.read() };
      await refusedAt({ name, ...settings.fields }, () => put(`/recording_templates/${template?.id ?? idOf(wish)}`, wish));
      announce(`Template ${wish.name} is saved`);
      await changed();
    },
  });
}
