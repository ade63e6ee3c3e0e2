// Templates: settings of recordings under names, to be chosen when one is started or planned.

import { access } from './access.js';
import { get, put, remove, wishIds } from './api.js';
import { confirmDialog, openDialog } from './dialog.js';
import { announce, h, moment, replace, setNote } from './dom.js';
import { field, refusedAt } from './fields.js';
import { settingsFields, settingsWords } from './settings.js';

export function show(main) {
  const list = h('div', { class: 'running', 'data-testid': 'templates' });
  const problem = h('p', { class: 'problem', role: 'alert' });
  const loading = h('p', { class: 'loading', role: 'status' }, 'Loading…');
  const none = h('div', { class: 'empty', hidden: true }, h('p', {}, 'There are no templates yet.'), h('p', { class: 'small' }, 'A template is a set of settings with a name: a filter, rotation, what is kept, limits.'),
    access.operators(h('button', { onclick: () => templateDialog(null, load) }, 'Make the first')));
  const load = async () => {
    try {
      const all = await get('/recording_templates');
      setNote(problem, '');
      replace(list, all.map((template) => card(template, load)));
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

function card(template, changed) {
  return h('article', { class: 'card', 'data-template': template.id },
    h('header', {}, h('h2', { class: 'name grow' }, template.name),
      access.operators(h('button', { class: 'small', 'data-testid': 'change-template', 'aria-label': `Change ${template.name}`, onclick: () => templateDialog(template, changed) }, 'Change')),
      access.operators(h('button', { class: 'small danger', 'data-testid': 'delete-template', 'aria-label': `Delete ${template.name}`, onclick: () =>
        confirmDialog(`Delete template ${template.name}?`, 'Recordings that were started by it stay as they are.', 'Delete', async () => {
          await remove(`/recording_templates/${template.id}`);
          await changed();
        }) }, 'Delete'))),
    h('dl', { class: 'settings' }, settingsWords(template.settings).map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value)))),
    h('p', { class: 'soft small foot' }, h('span', {}, 'Changed (UTC) ', moment(template.changedAt)), h('span', { class: 'name' }, template.changedBy)));
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
