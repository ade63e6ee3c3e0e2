// What is on disk along the time: a lane for each recording, and a span that is selected on them.

import { announce, h, keyed, replace, s, setText } from './dom.js';
import { bytes, plural, span } from './format.js';
import { CLOSEST, ticks } from './filestime.js';

const BAR = 16;

/** A piece that is shorter is drawn as wide as this, of 1000. */
const THINNEST = 1.5;

/** Room for the words at a tick, in pixels. */
const TICK = 96;

/** Shorter than this a drag is a click, in pixels. */
const CLICK = 4;

/** A step of the arrow keys, of what is seen. */
const STEP = 0.02;

/**
 * The line. It calls back with a span in milliseconds: `selected` while one is being chosen and when
 * it is, `seen` when another part of the time is to be seen.
 *
 * @param name gives a recording's name
 */
export function timeLine({ name, selected, seen }) {
  let view = { from: 0, to: 1 };
  let whole = view;
  let choice = null;
  let drag = null;
  const lanes = h('div', { class: 'lanes' });
  const update = keyed(lanes, (lane) => lane.recording, () => laneOf(name, () => view));
  const shade = h('div', { class: 'shade', hidden: true });
  const axis = h('div', { class: 'axis', 'aria-hidden': 'true' });
  const surface = h('div', {
    class: 'surface', tabindex: '0', role: 'group', 'data-testid': 'time-line',
    'aria-label': 'Time line. Left and right move the selection, with Shift they move its end; plus and minus zoom, Home shows all.',
    onpointerdown: press, onpointermove: move, onpointerup: release, onpointercancel: release, ondblclick: () => zoomIn(), onkeydown: key,
  }, lanes, shade);
  const element = h('div', { class: 'timeline' }, surface, axis);
  const resized = new ResizeObserver(() => drawAxis());
  resized.observe(element);

  const percent = (at) => ((at - view.from) / (view.to - view.from)) * 100;

  function drawAxis() {
    const most = Math.max(2, Math.floor(element.clientWidth / TICK));
    replace(axis, ticks(view, most).map(({ at, text, date }) => {
      const tick = h('span', { class: 'tick figure' }, text, date && h('span', { class: 'soft' }, date));
      tick.style.left = `${percent(at)}%`;
      return tick;
    }));
  }

  function drawShade() {
    shade.hidden = !choice;
    if (choice) {
      const left = Math.max(0, percent(choice.from));
      shade.style.left = `${left}%`;
      shade.style.width = `${Math.max(0, Math.min(100, percent(choice.to)) - left)}%`;
    }
  }

  function timeAt(event) {
    const box = surface.getBoundingClientRect();
    const part = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    return Math.round(view.from + part * (view.to - view.from));
  }

  function press(event) {
    if (event.button === 0) {
      drag = { x: event.clientX, at: timeAt(event), far: false };
      surface.setPointerCapture(event.pointerId);
    }
  }

  function move(event) {
    if (!drag) {
      return;
    }
    drag.far ||= Math.abs(event.clientX - drag.x) > CLICK;
    if (drag.far) {
      const at = timeAt(event);
      choose({ from: Math.min(drag.at, at), to: Math.max(drag.at, at, Math.min(drag.at, at) + 1) }, false);
    }
  }

  function release() {
    if (drag?.far && choice) {
      choose(choice, true);
    }
    drag = null;
  }

  function choose(next, done) {
    choice = next;
    drawShade();
    selected(choice, done);
  }

  function zoomIn() {
    const isShown = choice && choice.from === view.from && choice.to === view.to;
    const around = choice && !isShown ? choice : middleHalf();
    show(around.to - around.from < CLOSEST ? { from: around.from, to: around.from + CLOSEST } : around);
  }

  function middleHalf() {
    const quarter = Math.floor((view.to - view.from) / 4);
    return { from: view.from + quarter, to: view.to - quarter };
  }

  function zoomOut() {
    const more = Math.ceil((view.to - view.from) / 2);
    const wider = { from: Math.max(whole.from, view.from - more), to: Math.min(whole.to, view.to + more) };
    // A part where nothing is: all there is lies elsewhere.
    show(wider.to > wider.from ? wider : whole);
  }

  function show(next) {
    if (next.from !== view.from || next.to !== view.to) {
      seen(next);
    }
  }

  function key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) {
      return;
    }
    const step = Math.max(1, Math.round((view.to - view.from) * STEP));
    const by = { ArrowLeft: -step, ArrowRight: step }[event.key];
    const acts = { '+': zoomIn, '=': zoomIn, '-': zoomOut, Home: () => show(whole) };
    if (by) {
      const now = choice ?? view;
      const next = event.shiftKey
        ? { from: now.from, to: Math.max(now.from + 1, now.to + by) }
        : { from: now.from + by, to: now.to + by };
      choose(next, true);
      announce(`${new Date(next.from).toISOString()} to ${new Date(next.to).toISOString()}`);
    } else if (acts[event.key]) {
      acts[event.key]();
    } else {
      return;
    }
    event.preventDefault();
  }

  return {
    element,
    zoomIn,
    zoomOut,
    isDragged: () => drag !== null,
    /** Draws what the server told of a part of the time, of all that there is. */
    draw(timeline, part, all) {
      view = part;
      whole = all;
      update(timeline.lanes);
      drawAxis();
      drawShade();
    },
    select(next) {
      choice = next;
      drawShade();
    },
    end: () => resized.disconnect(),
  };
}

function laneOf(name, view) {
  const title = h('span', { class: 'name' });
  const sum = h('span', { class: 'soft figure' });
  const bar = s('svg', { class: 'lane-bar', viewBox: `0 0 1000 ${BAR}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' });
  return {
    element: h('div', { class: 'lane' }, h('div', { class: 'lane-words small' }, title, sum), bar),
    update(lane) {
      const { from, to } = view();
      const place = (time) => Math.min(1000, Math.max(0, ((Date.parse(time) - from) / (to - from)) * 1000));
      setText(title, name(lane.recording));
      setText(sum, `${plural(lane.segments, 'file')} · ${bytes(lane.bytes)}`);
      replace(bar, lane.pieces.map((piece) => {
        const x = Math.min(1000 - THINNEST, place(piece.from));
        const seconds = (Date.parse(piece.to) - Date.parse(piece.from)) / 1000;
        return s('rect', { x, y: 0, width: Math.max(THINNEST, place(piece.to) - x), height: BAR },
          s('title', {}, `${plural(piece.segments, 'file')}, ${span(seconds)} from ${piece.from}`));
      }));
    },
  };
}
