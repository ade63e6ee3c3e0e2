// How much of a recording is kept: its fields, and the dialog that changes it while it records.

import { patch } from './api.js';
import { openDialog } from './dialog.js';
import { announce, h } from './dom.js';
import { field } from './fields.js';
import { durationSeconds, parseCount, parseDuration, parsePercent, parseSize, writeDuration, writeSize } from './format.js';
import { live } from './live.js';

/** What the server takes for no limit, where one stands. */
const NONE = { keepBytes: 0, keepFiles: 0, keepAge: 'PT0S', keepFree: 0 };

/** The fields, by their names; with what a recording keeps now, if one is given. */
export function retentionFields(now = {}) {
  return {
    keepBytes: field('Keep at most', 'keepBytes', { parse: parseSize, value: writeSize(now.keepBytes), placeholder: 'all', hint: 'then the oldest files go' }),
    keepFiles: field('Files', 'keepFiles', { parse: parseCount, value: now.keepFiles ? String(now.keepFiles) : '', placeholder: 'no limit' }),
    keepAge: field('For', 'keepAge', { parse: parseDuration, value: writeDuration(durationSeconds(now.keepAge)), placeholder: 'ever', hint: 'like 12h or 7d' }),
    keepFree: field('Disk kept free', 'keepFree', { parse: parsePercent, value: now.keepFree ? String(now.keepFree) : '', placeholder: 'no limit', hint: 'percent' }),
  };
}

/** Whether its recorder still keeps what was wanted before. */
export const keepsOther = (recording) => recording.state === 'recording' && !recording.retentionApplied;

export function retentionDialog(recording) {
  const fields = retentionFields(recording);
  openDialog({
    title: `What ${recording.name} keeps`,
    testid: 'retention-dialog',
    confirmTestid: 'save-retention',
    action: 'Keep so much',
    doing: 'Telling the recorder…',
    content: [
      h('p', { class: 'soft' }, recording.state === 'ended'
        ? 'It holds once the recording goes on: nothing is removed before.'
        : 'It holds at once, and no packet is lost by it. What is too much is removed for good, the oldest files first; protected ones never.'),
      h('div', { class: 'pair' }, Object.values(fields).map((one) => one.element)),
    ],
    submit: async () => {
      const wish = Object.fromEntries(Object.entries(fields).map(([name, one]) => [name, one.read() ?? NONE[name]]));
      const now = await patch(`/recordings/${recording.id}`, wish);
      live.learn('recordings', now);
      announce(keepsOther(now) ? 'Its recorder has not taken that over yet' : `${now.name} keeps that from now on`);
    },
  });
}
