// A flow's copies traced through the live switches, hop by hop.

import { post } from './api.js';
import { showDialog } from './dialog.js';
import { h, replace } from './dom.js';
import { plural } from './format.js';

const hop = ({ ok, host, hop: name, detail }) => h('li', { class: ok ? 'right' : 'wrong' },
  h('strong', {}, ok ? '✓ ' : '✗ ', h('span', { class: 'unseen' }, ok ? 'right: ' : 'wrong: '), host && `${host} · `, name), h('span', { class: 'soft mono' }, detail));

function verdict({ ok, hops, firstFailed }) {
  return ok
    ? h('p', { 'data-testid': 'verdict' }, `All ${plural(hops.length, 'hop')} are right.`)
    : h('p', { class: 'problem', 'data-testid': 'verdict' }, `It fails at ${firstFailed.host ? `host ${firstFailed.host}, ` : ''}${firstFailed.hop}: ${firstFailed.detail}`);
}

export function verifyDialog(flow) {
  const shown = h('div', { class: 'fields', role: 'status' }, h('p', { class: 'soft' }, 'The agents of its hosts look at each hop…'));
  showDialog(`Verify ${flow.name}`, shown, 'verify-dialog');
  post(`/tap_flows/${flow.id}/verify`).then(
    (trace) => replace(shown, verdict(trace), h('ol', { class: 'hops' }, trace.hops.map(hop))),
    (refused) => replace(shown, h('p', { class: 'problem', role: 'alert' }, refused.message)));
}
