// What is to be expected of disks and retention, in words, and what is to be seen to.

import { get } from './api.js';
import { h, keyed } from './dom.js';
import { bytes, span } from './format.js';

const PAUSE = { forecast: 15_000, alerts: 10_000 };

/** Asks at once, and again and again while somebody looks at the page. Returns what ends it. */
function watch(path, pause, tell) {
  let ended = false;
  let timer = 0;
  const ask = async () => {
    if (document.visibilityState !== 'hidden') {
      // If that fails, the banner says that we are not connected.
      await get(path).then((told) => ended || tell(told), () => {});
    }
    if (!ended) {
      timer = setTimeout(ask, pause);
    }
  };
  ask();
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}

export const watchForecast = (tell) => watch('/forecast', PAUSE.forecast, tell);

const BY = { bytes: 'by its size', files: 'by its number of files', age: 'by their age', free: 'to keep the disk free' };

/** How a disk goes on. */
export function diskWords({ freeBytes, fullInSeconds, keepFree, keepFreeInSeconds }) {
  const free = `${bytes(freeBytes)} free`;
  if (fullInSeconds !== null) {
    return fullInSeconds === 0 ? 'full' : `${free}, full in about ${span(fullInSeconds)}`;
  }
  if (keepFreeInSeconds !== null) {
    return keepFreeInSeconds === 0 ? `${free}, kept at ${keepFree} %` : `${free}, down to ${keepFree} % in about ${span(keepFreeInSeconds)}`;
  }
  return free;
}

/** Pairs of a name and words, of a recording that is under way. */
export const recordingWords = (one) => [
  ['Writes', one.bytesPerSecond === null ? 'not known yet' : `${bytes(one.bytesPerSecond)} a second`],
  ['Reaches back', one.reachSeconds === null ? 'no file is complete yet' : span(one.reachSeconds)],
  ['Removes the oldest files', removal(one)],
  one.reachInTheEndSeconds !== null && ['Will reach back', `${span(one.reachInTheEndSeconds)} at this rate`],
].filter(Boolean);

function removal({ bytesPerSecond, removesInSeconds, removesBy }) {
  if (removesInSeconds === null) {
    return bytesPerSecond === null ? 'not known yet' : 'not at this rate';
  }
  return `${removesInSeconds === 0 ? 'already' : `in about ${span(removesInSeconds)}`}, ${BY[removesBy]}`;
}

/** What is wrong now and what to do about it; nothing is shown if nothing is. */
export function alertList() {
  const list = h('ul', { class: 'alerts', 'data-testid': 'alerts' });
  const update = keyed(list, ({ recording, says }) => `${recording} ${says}`, (alert) => ({
    element: h('li', { class: alert.level, 'data-level': alert.level },
      h('span', { class: `tag ${alert.level === 'critical' ? 'bad' : 'warn'}` }, alert.level),
      h('div', {}, h('p', { class: 'name' }, alert.recording ? h('a', { href: `#/recordings/${alert.recording}` }, alert.says) : alert.says),
        h('p', { class: 'small soft name' }, alert.todo))),
    update() {},
  }));
  const element = h('section', { class: 'panel', role: 'status', 'aria-label': 'What to see to', hidden: true }, h('header', {}, h('h2', {}, 'What to see to')), list);
  const end = watch('/alerts', PAUSE.alerts, (alerts) => {
    element.hidden = alerts.length === 0;
    update(alerts);
  });
  return { element, end };
}
