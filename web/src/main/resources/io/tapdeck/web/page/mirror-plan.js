// What a change of mirrors would do, host by host, shown before it is done.

import { post, remove } from './api.js';
import { openDialog } from './dialog.js';
import { h, replace } from './dom.js';
import { plural } from './format.js';

const KINDS = [['nic', 'NIC'], ['port', 'port'], ['tunnel', 'tunnel'], ['mirror', 'mirror'], ['meter', 'meter'], ['flow', 'flow']];
const WAYS = [['added', 'adds', '+'], ['changed', 'changes', '~'], ['removed', 'removes', '−']];

/** "adds 1 mirror, 2 ports; removes 1 flow" */
const summary = (host) => WAYS
  .map(([way, verb]) => [verb, KINDS.filter(([kind]) => host[way][kind]).map(([kind, word]) => plural(host[way][kind].length, word))])
  .filter(([, parts]) => parts.length > 0)
  .map(([verb, parts]) => `${verb} ${parts.join(', ')}`)
  .join('; ');

const parts = (host) => WAYS.flatMap(([way, verb, sign]) => KINDS.flatMap(([kind, word]) => (host[way][kind] ?? []).map((text) =>
  h('li', { class: way }, h('span', { 'aria-label': verb }, sign), h('span', { class: 'soft' }, word), h('span', { class: 'mono' }, text)))));

function planned({ hosts, mayArriveTwice, remarks }) {
  return [
    h('h3', {}, 'What it does'),
    hosts.length === 0 && h('p', {}, 'Nothing changes on any host now.'),
    hosts.map((host) => h('details', { 'data-host': host.host },
      h('summary', {}, h('strong', {}, host.host), ` ${summary(host)}`),
      h('ul', { class: 'parts', tabindex: '0', 'aria-label': `Changes on ${host.host}` }, parts(host)),
      h('details', {}, h('summary', {}, 'As commands'), h('pre', { class: 'mono', tabindex: '0' }, host.commands.join('\n'))))),
    remarks.map((text) => h('p', { class: 'notice' }, text)),
    mayArriveTwice.map((text) => h('p', { class: 'notice' }, `May arrive twice: ${text}`)),
  ];
}

const planArea = (...content) => h('div', { class: 'plan', 'data-testid': 'plan', role: 'status' }, content);

/**
 * Opens a dialog that first shows what it would do, and does that when it is submitted again.
 *
 * @param read what is wanted, by the form; null for nothing
 * @param plan asks the server what that would do
 * @param apply does it
 */
export function plannedDialog({ content, action, read, plan, apply, ...dialog }) {
  const shown = planArea();
  let known = '';
  const forget = () => {
    if (known) {
      known = '';
      replace(shown);
      call('Plan');
    }
  };
  const call = openDialog({
    ...dialog,
    action: 'Plan',
    content: [h('div', { class: 'fields', oninput: forget, onchange: forget }, content), shown],
    submit: async () => {
      const wish = read();
      if (!wish) {
        return null;
      }
      const key = JSON.stringify(wish);
      if (key === known) {
        await apply(wish);
        return null;
      }
      replace(shown, planned(await plan(wish)));
      known = key;
      shown.scrollIntoView({ block: 'nearest' });
      return action;
    },
  });
}

/** Asks before something is deleted, and says what that does. */
export function deleteDialog(name, warning, path) {
  const shown = planArea(h('p', { class: 'soft' }, 'Planning…'));
  openDialog({
    title: `Delete ${name}?`, action: 'Delete', danger: true, testid: 'confirm-dialog', confirmTestid: 'confirm',
    content: [h('p', {}, warning), shown],
    submit: () => remove(path),
  });
  post(`${path}/plan`, { delete: true }).then(
    (plan) => replace(shown, planned(plan)),
    (refused) => replace(shown, h('p', { class: 'problem' }, refused.message)));
}
