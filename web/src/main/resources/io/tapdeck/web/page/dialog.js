// Questions to the person: dialogs with a form, closed by Escape, by Cancel, or when it is done.

import { h } from './dom.js';

/**
 * Opens a dialog. It closes once submit has returned; what submit throws is shown in it.
 *
 * @param content elements of the form
 * @param submit called with the form; may be async
 */
export function openDialog({ title, content, action, submit, danger = false, testid, confirmTestid }) {
  const problem = h('p', { class: 'problem', role: 'alert' });
  const go = h('button', { class: danger ? 'danger' : 'main', type: 'submit', 'data-testid': confirmTestid }, action);
  const form = h('form', { novalidate: false, onsubmit: async (event) => {
    event.preventDefault();
    problem.textContent = '';
    go.disabled = true;
    try {
      await submit(form);
      dialog.close();
    } catch (refused) {
      problem.textContent = refused.message;
      problem.scrollIntoView({ block: 'nearest' });
    } finally {
      go.disabled = false;
    }
  } },
  h('header', {}, h('h2', {}, title), h('button', { type: 'button', class: 'plain', 'aria-label': 'Close', onclick: () => dialog.close() }, '✕')),
  h('div', { class: 'body' }, content, problem),
  h('footer', {}, h('button', { type: 'button', onclick: () => dialog.close() }, 'Cancel'), go));
  const dialog = h('dialog', { 'aria-label': title, 'data-testid': testid, onclose: () => dialog.remove() }, form);
  document.body.append(dialog);
  dialog.showModal();
  (form.querySelector('.body input:not([type=hidden]), .body select') ?? go).focus();
  return dialog;
}

/** Asks before something that cannot be undone. */
export function confirmDialog(title, text, action, submit) {
  openDialog({ title, content: h('p', {}, text), action, submit, danger: true, testid: 'confirm-dialog', confirmTestid: 'confirm' });
}

/** Says what went wrong with something that has no form of its own. */
export function tellProblem(problem) {
  const dialog = h('dialog', { 'aria-label': 'It was not done', onclose: () => dialog.remove() },
    h('form', { method: 'dialog' },
      h('header', {}, h('h2', {}, 'It was not done')),
      h('div', { class: 'body' }, h('p', { class: 'problem', role: 'alert' }, problem.message)),
      h('footer', {}, h('button', { class: 'main' }, 'Close'))));
  document.body.append(dialog);
  dialog.showModal();
}

/** A button that does something at once, and tells if it cannot. */
export function actionButton(name, act, attributes = {}) {
  const button = h('button', { type: 'button', class: 'small', ...attributes, onclick: async () => {
    button.disabled = true;
    try {
      await act();
    } catch (problem) {
      tellProblem(problem);
    } finally {
      button.disabled = false;
    }
  } }, name);
  return button;
}
