// The dialog that starts a replay.

import { put, wishIds } from './api.js';
import { openDialog } from './dialog.js';
import { announce, h } from './dom.js';
import { choice, refusedAt } from './fields.js';
import { playedInterface } from './interfaces.js';
import { live } from './live.js';
import { fileChoice } from './replay-files.js';
import { deliveryFields, repeatFields, rewritingFields, selectionFields } from './replay-options.js';
import { paceFields, paceRow } from './replay-pace.js';

/**
 * Asks what to replay, where to, and how.
 *
 * @param recording what; asked for too if it is null
 * @param chosen numbers of the segments that are ticked at first; null for all
 */
export function replayDialog(recording, chosen = null) {
  const idOf = wishIds();
  const which = recording ? null : choice('Recording', 'recording',
    (live.recordings ?? []).filter((one) => one.segments.count > 0).map((one) => [one.id, one.name]), { required: true, 'data-testid': 'replay-which' });
  const source = () => recording?.id ?? which.input.value;
  const files = fileChoice(chosen);
  const selection = selectionFields();
  const repeat = repeatFields();
  const pace = paceFields({ speed: 1 }, (kind) => repeat.paceIs(kind));
  const rewriting = rewritingFields();
  const delivery = deliveryFields();
  const nic = playedInterface(delivery.interfacesAre);
  const at = { ...selection.fields, ...repeat.fields, ...pace.fields, ...rewriting.fields, ...delivery.fields, interface: nic };
  which?.input.addEventListener('change', () => files.load(source()));
  openDialog({
    title: recording ? `Replay ${recording.name}` : 'New replay',
    testid: 'replay-dialog',
    confirmTestid: 'start-replay',
    action: 'Play',
    doing: 'Starting…',
    content: [
      which?.element,
      files.element,
      selection.element,
      nic.element,
      h('p', { class: 'notice' }, 'Packets are sent as they were recorded, unless they are rewritten. Play only into a network made for tests.'),
      paceRow(pace, repeat.loops),
      repeat.element,
      rewriting.element,
      delivery.element,
    ],
    submit: async () => {
      const wish = {
        recording: source(),
        segments: files.read(),
        ...nic.read(),
        pace: pace.read(),
        ...repeat.read(),
        selection: selection.read(),
        rewriting: rewriting.read(),
        delivery: delivery.read(),
      };
      const begun = await refusedAt(at, () => put(`/replays/${idOf(wish)}`, wish));
      live.learn('replays', begun);
      announce('The replay begins');
      location.hash = `#/replays/${begun.id}`;
    },
  });
  files.load(source());
}
