// A pcap filter, checked by libpcap while it is typed.

import { post } from './api.js';
import { h } from './dom.js';

const PAUSE = 250;
const HINT = 'a pcap filter, like udp port 53; empty: all packets';

export function filterField() {
  const input = h('input', { type: 'text', name: 'filter', class: 'mono', spellcheck: 'false', autocomplete: 'off', autocapitalize: 'off', maxlength: '4096', placeholder: 'all packets', 'aria-describedby': 'filter-verdict' });
  const verdict = h('span', { class: 'hint', id: 'filter-verdict', 'aria-live': 'polite', 'data-testid': 'filter-verdict' }, HINT);
  let timer = 0;
  let asked = 0;
  const show = (kind, text) => {
    input.setAttribute('aria-invalid', String(kind === 'wrong'));
    verdict.className = kind;
    verdict.textContent = text;
  };
  const check = async (number, filter) => {
    try {
      const { valid, detail } = await post('/filters/check', { filter });
      if (number === asked) {
        show(valid ? 'right' : 'wrong', valid ? '✓ this filter is valid' : detail);
      }
    } catch (problem) {
      if (number === asked) {
        show('hint', `It could not be checked: ${problem.message}`);
      }
    }
  };
  input.addEventListener('input', () => {
    clearTimeout(timer);
    const number = ++asked;
    const filter = input.value.trim();
    if (filter) {
      timer = setTimeout(() => check(number, filter), PAUSE);
    } else {
      show('hint', HINT);
    }
  });
  return {
    input,
    element: h('label', {}, 'Filter', input, verdict),
    tell: (wrong) => show(wrong ? 'wrong' : 'hint', wrong || HINT),
    read: () => input.value.trim(),
  };
}
