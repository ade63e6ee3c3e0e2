// Fields of forms: a label, an input, a hint below it, and what is wrong with what was written.

import { h, setNote } from './dom.js';

/** Numbers the ids by which fields are tied to their hints. */
let made = 0;

/**
 * A line of text, or several if `rows` says how many. What is written is read by `parse` when it is
 * left, and when the form goes out; what parse throws is shown at the field. Empty is null, if it
 * may be empty.
 */
export function field(label, name, { parse = (text) => text.trim(), hint = '', ...attributes } = {}) {
  const id = `hint-${++made}`;
  const input = h(attributes.rows ? 'textarea' : 'input', { ...(attributes.rows ? {} : { type: 'text' }), name, spellcheck: 'false', autocomplete: 'off', 'aria-describedby': id, ...attributes });
  const note = h('span', { class: 'hint', id }, hint);
  const tell = (wrong) => {
    input.setAttribute('aria-invalid', String(Boolean(wrong)));
    note.className = wrong ? 'wrong' : 'hint';
    note.textContent = wrong || hint;
  };
  const read = () => (input.value.trim() ? parse(input.value) : null);
  input.addEventListener('input', () => tell(''));
  input.addEventListener('change', () => {
    try {
      read();
    } catch (wrong) {
      tell(wrong.message);
    }
  });
  return {
    input,
    element: h('label', {}, label, input, note),
    tell,
    /** The value; throws, with the field's name, if it is none. */
    read() {
      try {
        return read();
      } catch (wrong) {
        tell(wrong.message);
        input.closest('details')?.setAttribute('open', '');
        input.focus();
        throw new Error(`${label}: ${wrong.message}`);
      }
    },
  };
}

/** One of several: pairs of a value and what is shown. */
export function choice(label, name, options, attributes = {}) {
  const id = `hint-${++made}`;
  const input = h('select', { name, 'aria-describedby': id, ...attributes }, options.map(([value, text]) => h('option', { value }, text)));
  const note = h('span', { class: 'wrong', id, hidden: true });
  const tell = (wrong) => {
    input.setAttribute('aria-invalid', String(Boolean(wrong)));
    setNote(note, wrong);
  };
  input.addEventListener('change', () => tell(''));
  return { input, element: h('label', {}, label, input, note), tell };
}

/** Shows at its field what the server refused; fields are by the names that the server has for them. */
export async function refusedAt(fields, send) {
  try {
    return await send();
  } catch (refused) {
    const field = fields[refused.field];
    if (field && !field.input.disabled) {
      field.input.closest('details')?.setAttribute('open', '');
      field.tell(refused.message);
      field.input.focus();
    }
    throw refused;
  }
}

/** A password: as it is, spaces and all. */
export function password(label, attributes = {}, hint = '') {
  const input = h('input', { type: 'password', maxlength: '1024', required: true, ...attributes });
  return { input, element: h('label', {}, label, input, hint && h('span', { class: 'hint' }, hint)) };
}

export const NEW_PASSWORD = { minlength: '10', autocomplete: 'new-password' };
export const PASSWORD_HINT = '10 characters or more';
