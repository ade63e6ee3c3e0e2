// Questions to the person: dialogs with a form, closed by Escape, by Cancel, or when it is done.

import { h } from './dom.js';

/**
 * Opens a dialog. It closes once submit has returned; what submit throws is shown in it. A text that
 * submit returns is the button's word from then on, and the dialog stays open to be submitted again.
 * What is returned here calls the button so at any time.
 *
 * @param content elements of the form
 * @param action the button's word
 * @param doing its word while it is being done
 * @param submit may be async
 */
export function openDialog({ title, content, action, doing, submit, danger = false, testid, confirmTestid }) {
  const problem = h('p', { class: 'problem', role: 'alert', 'data-testid': 'problem' });
  const go = h('button', { class: danger ? 'main danger' : 'main', type: 'submit', 'data-testid': confirmTestid }, action);
  let busy = false;
  let word = action;
  const form = h('form', { onsubmit: async (event) => {
    event.preventDefault();
    if (busy) {
      return;
    }
    busy = true;
    problem.textContent = '';
    go.textContent = doing ?? word;
    go.setAttribute('aria-busy', 'true');
    try {
      const next = await submit();
      if (typeof next === 'string') {
        word = next;
      } else {
        dialog.close();
      }
    } catch (refused) {
      problem.textContent = refused.message;
      if (!form.contains(document.activeElement) || document.activeElement.getAttribute('aria-invalid') !== 'true') {
        problem.scrollIntoView({ block: 'nearest' });
      }
    } finally {
      busy = false;
      go.textContent = word;
      go.removeAttribute('aria-busy');
    }
  } },
  h('header', {}, h('h2', {}, title), h('button', { type: 'button', class: 'plain', 'aria-label': 'Close', onclick: () => dialog.close() }, '✕')),
  h('div', { class: 'body' }, content, problem),
  h('footer', {}, h('button', { type: 'button', onclick: () => dialog.close() }, 'Cancel'), go));
  const dialog = h('dialog', { 'aria-label': title, 'data-testid': testid, onclose: () => dialog.remove() }, form);
  document.body.append(dialog);
  dialog.showModal();
  const first = form.querySelector('.body input:not([hidden]), .body select') ?? go;
  first.focus();
  if (first instanceof HTMLInputElement && first.type === 'text') {
    first.select();
  }
  return (name) => {
    word = name;
    go.textContent = name;
  };
}

/** Asks before something that cannot be undone. */
export function confirmDialog(title, text, action, submit) {
  openDialog({ title, content: h('p', {}, text), action, submit, danger: true, testid: 'confirm-dialog', confirmTestid: 'confirm' });
}

/** Shows something, to be closed. */
export function showDialog(title, content, testid) {
  const dialog = h('dialog', { 'aria-label': title, 'data-testid': testid, onclose: () => dialog.remove() },
    h('form', { method: 'dialog' },
      h('header', {}, h('h2', {}, title)),
      h('div', { class: 'body' }, content),
      h('footer', {}, h('button', { class: 'main' }, 'Close'))));
  document.body.append(dialog);
  dialog.showModal();
}

/** Says what went wrong with something that has no form of its own. */
function tellProblem(problem) {
  showDialog('It was not done', h('p', { class: 'problem', role: 'alert' }, problem.message), 'problem-dialog');
}

/** Leaves no question open, as when the session has ended. */
export function closeDialogs() {
  document.querySelectorAll('dialog').forEach((dialog) => dialog.close());
}

/** A button that does something at once, and tells if it cannot. */
export function actionButton(name, act, attributes = {}) {
  const button = h('button', { type: 'button', class: 'small', ...attributes, onclick: async () => {
    const hadFocus = document.activeElement === button;
    button.disabled = true;
    try {
      await act();
    } catch (problem) {
      tellProblem(problem);
    } finally {
      button.disabled = false;
      // What is disabled loses it, and with it whoever works with the keyboard their place.
      if (hadFocus && (document.activeElement ?? document.body) === document.body) {
        button.focus();
      }
    }
  } }, name);
  return button;
}
