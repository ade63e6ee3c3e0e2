// Where analysts may play to: an administrator's choice.

import { get, put } from './api.js';
import { actionButton, openDialog } from './dialog.js';
import { h, replace, setNote } from './dom.js';
import { playedInterface } from './interfaces.js';

/** A panel that lists the interfaces, and lets them be changed. */
export function targetsPanel() {
  const list = h('ul', { class: 'plain-list', 'data-testid': 'targets' });
  const problem = h('p', { class: 'problem', role: 'alert' });
  let targets = [];
  const draw = () => replace(list, targets.length === 0 && h('li', { class: 'soft' }, 'None: analysts cannot replay.'), targets.map((target) =>
    h('li', { 'data-target': target.interface }, h('span', { class: 'name grow' }, target.netns ? `${target.interface} in ${target.netns}` : target.interface),
      actionButton('Remove', () => change(others(target)), { class: 'small danger', 'aria-label': `Remove ${target.interface}`, 'data-testid': 'remove-target' }))));
  const read = async () => {
    ({ interfaces: targets } = await get('/replay_targets'));
  };
  /** Changes what there is now: somebody else may have changed it meanwhile. */
  const change = async (changed) => {
    await read();
    ({ interfaces: targets } = await put('/replay_targets', { interfaces: changed(targets) }));
    draw();
  };
  const others = (target) => (all) => all.filter((one) => one.interface !== target.interface || one.netns !== target.netns);
  const add = () => {
    const nic = playedInterface();
    openDialog({
      title: 'Let analysts play to an interface', action: 'Allow', testid: 'target-dialog', confirmTestid: 'save-target',
      content: [nic.element],
      submit: () => {
        const wanted = nic.read();
        return change((all) => [...others(wanted)(all), wanted]);
      },
    });
  };
  setNote(problem, '');
  read().then(draw, (refused) => setNote(problem, refused.message));
  return h('section', { class: 'panel', 'aria-label': 'Where analysts may play to' },
    h('header', {}, h('h2', { class: 'grow' }, 'Where analysts may play to'), h('button', { class: 'small', onclick: add, 'data-testid': 'new-target' }, 'Allow an interface')),
    h('div', { class: 'body' }, problem, list));
}
