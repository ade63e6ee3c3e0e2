// What can be done with a replay: hold it, let it go on, play it faster or slower, end it, forget it.

import { access } from './access.js';
import { post, remove } from './api.js';
import { actionButton, confirmDialog, openDialog } from './dialog.js';
import { announce, h } from './dom.js';
import { live } from './live.js';
import { paceFields } from './replay-pace.js';
import { isPlaying } from './state.js';

/**
 * The buttons of a replay; only those that make sense now are shown.
 *
 * @param deleted called once it has been deleted
 */
export function replayButtons(first, deleted = () => {}) {
  const path = `/replays/${first.id}`;
  const named = (what) => `${what} the replay of ${first.recordingName}`;
  const order = async (what, said, body) => {
    live.learn('replays', await post(`${path}/${what}`, body));
    announce(said);
  };
  const own = (button) => access.owners(first.createdBy, button);
  const action = (name, what, said, body) => own(actionButton(name, () => order(what, said, body), { 'data-testid': `${what}-replay`, 'aria-label': named(name) }));
  const pause = action('Pause', 'pause', 'The replay is paused');
  const resume = action('Go on', 'resume', 'The replay goes on');
  const step = action('Next packet', 'step', 'The next packet is sent', { frames: 1 });
  let shown = first;
  const pace = own(h('button', { class: 'small', 'data-testid': 'change-pace', 'aria-label': named('Change the pace of'), onclick: () => {
    const fields = paceFields(shown.changedPace ?? shown.pace);
    openDialog({
      title: 'Change the pace', action: 'Change', doing: 'Changing…', testid: 'pace-dialog', confirmTestid: 'save-pace',
      content: h('div', { class: 'pair' }, fields.elements),
      submit: () => order('pace', 'The pace is changed', fields.read()),
    });
  } }, 'Pace…'));
  const stop = own(actionButton('Stop', () => order('stop', 'The replay is stopped'), { class: 'small stop', 'data-testid': 'stop-replay', 'aria-label': named('Stop') }));
  const drop = own(h('button', { class: 'small plain', 'data-testid': 'delete-replay', 'aria-label': named('Delete'), onclick: () =>
    confirmDialog('Delete this replay?', 'Only what is known of the replay is deleted; the recording stays.', 'Delete', async () => {
      await remove(path);
      live.forget('replays', first.id);
      deleted();
    }) }, 'Delete'));
  return {
    element: h('div', { class: 'actions' }, pause, resume, step, pace, stop, drop),
    update(replay) {
      shown = replay;
      const { state } = replay;
      pause.hidden = state !== 'playing';
      resume.hidden = step.hidden = state !== 'paused';
      pace.hidden = state !== 'playing' && state !== 'paused';
      stop.hidden = !isPlaying(replay) || state === 'stopping';
      drop.hidden = isPlaying(replay);
    },
  };
}
