// Captures that others made, brought here: a dialog with a drop zone, and how far each file is.

import { access } from './access.js';
import { get, sendFile, wishIds } from './api.js';
import { openDialog } from './dialog.js';
import { announce, h, replace, setNote, setText } from './dom.js';
import { field } from './fields.js';
import { bytes, plural } from './format.js';
import { live } from './live.js';

const LONGEST_NAME = 100;
const CONFLICT = 409;
const ATTEMPTS = 3;
const ACCEPT = '.pcap,.pcapng,.cap,.gz,.zst,.xz,.lz4';

/** As the file is called; what is cut off at its end is a whole character. */
const nameOf = (file) => file.name.slice(0, LONGEST_NAME).replace(/\p{Cs}$/u, '').replace(/[\p{Cc}\p{Cs}]/gu, '_') || 'Uploaded capture';

/** Asks for files, unless they are known, and uploads them one after the other. */
export function uploadDialog(dropped = []) {
  const idOf = wishIds();
  const abort = new AbortController();
  const input = h('input', { type: 'file', multiple: true, accept: ACCEPT, name: 'files', 'data-testid': 'upload-files', onchange: () => choose([...input.files]) });
  const name = field('Name', 'name', { maxlength: LONGEST_NAME, placeholder: 'as the file is called' });
  const limits = h('span', { class: 'hint' });
  const zone = h('label', { class: 'drop' }, h('span', {}, 'Drop captures here, or choose them'), input, limits);
  const list = h('ul', { class: 'uploads', 'data-testid': 'uploads' });
  let most = Infinity;
  let items = [];
  let done = [];
  let busy = false;

  get('/about').then(({ uploads }) => {
    most = uploads.bytes;
    setText(limits, `pcap or pcapng, plain or compressed with gzip, zstd, xz or lz4; each at most ${bytes(uploads.bytes)}, and ${bytes(uploads.contentBytes)} once it is unpacked`);
  }, () => setText(limits, 'pcap or pcapng, plain or compressed with gzip, zstd, xz or lz4'));

  function choose(files) {
    items = files.map(item);
    replace(list, items.map(({ element }) => element));
    name.element.hidden = files.length !== 1;
    if (files.length === 1) {
      name.input.value = nameOf(files[0]);
    }
  }

  openDialog({
    title: 'Upload captures',
    testid: 'upload-dialog',
    confirmTestid: 'start-upload',
    action: 'Upload',
    doing: 'Uploading…',
    content: [h('p', { class: 'soft' }, 'Each becomes a recording that has ended. It is read to its last packet first; of one that is damaged nothing is kept.'), zone, list, name.element],
    async submit() {
      const left = items.filter((one) => !one.made);
      if (!items.length) {
        throw new Error('Choose a capture first.');
      }
      const large = left.find(({ file }) => file.size > most);
      if (large) {
        throw new Error(`${large.file.name} has ${bytes(large.file.size)}, and at most ${bytes(most)} are taken.`);
      }
      const word = items.length === 1 ? name.read() : null;
      busy = input.disabled = name.input.disabled = true;
      try {
        for (const one of left) {
          const wish = [one.file.name, one.file.size, one.file.lastModified, items.indexOf(one)];
          done.push(await one.send((attempt) => idOf([...wish, attempt]), word ?? nameOf(one.file), abort.signal));
        }
      } finally {
        busy = input.disabled = name.input.disabled = false;
      }
      done.forEach((made) => live.learn('recordings', made));
      announce(`${plural(done.length, 'capture')} uploaded`);
      location.hash = done.length === 1 ? `#/recordings/${done[0].id}` : '#/recordings';
    },
  });
  const dialog = zone.closest('dialog');
  // Beside the zone, too: a browser would leave the page for what is dropped there.
  const drop = onDrop(dialog, choose, { shown: zone, may: () => !busy });
  dialog.addEventListener('close', () => {
    abort.abort();
    drop.end();
  });
  choose(dropped);
}

/** A file, and how far it is. */
function item(file) {
  const bar = h('progress', { max: '1', value: 0, 'aria-label': `Upload of ${file.name}` });
  const words = h('span', { class: 'small soft figure', role: 'status' }, bytes(file.size));
  const problem = h('p', { class: 'problem', role: 'alert' });
  setNote(problem, '');
  const it = {
    file,
    made: null,
    element: h('li', {}, h('div', { class: 'heading tight' }, h('span', { class: 'name grow' }, file.name), words), bar, problem),
    async send(idOf, name, signal) {
      setNote(problem, '');
      try {
        it.made = await sendOnce(idOf, (id) => sendFile(`/recordings/${id}/upload?name=${encodeURIComponent(name)}`, file, signal, (sent) => {
          bar.value = file.size ? sent / file.size : 1;
          setText(words, sent < file.size ? `${bytes(sent)} of ${bytes(file.size)}` : 'reading the last of it…');
        }));
        bar.value = 1;
        setText(words, plural(it.made.segments.packets, 'packet'));
        return it.made;
      } catch (refused) {
        bar.value = 0;
        setText(words, 'not uploaded');
        setNote(problem, refused.message);
        throw new Error(`${file.name} was not uploaded.`);
      }
    },
  };
  return it;
}

/**
 * Sends something under an id. If there is something of that id, an earlier attempt was taken in
 * whose answer was lost, and that is it; or it was not, and another id is free.
 *
 * @param idOf gives the id of an attempt
 */
async function sendOnce(idOf, send) {
  for (let attempt = 0; ; attempt++) {
    try {
      return await send(idOf(attempt));
    } catch (refused) {
      if (refused.status !== CONFLICT || attempt === ATTEMPTS - 1) {
        throw refused;
      }
      const there = await get(`/recordings/${idOf(attempt)}`).catch(() => null);
      if (there?.imported) {
        return there;
      }
    }
  }
}

/**
 * Takes files that are dropped on an element.
 *
 * @param shown where it shows that they can be
 * @param may whether they are taken now
 */
function onDrop(element, take, { shown = element, may = () => true } = {}) {
  const listeners = {
    dragover(event) {
      if ([...event.dataTransfer.types].includes('Files')) {
        event.preventDefault();
        shown.classList.toggle('over', may());
        if (!may()) {
          event.dataTransfer.dropEffect = 'none';
        }
      }
    },
    dragleave(event) {
      if (!element.contains(event.relatedTarget)) {
        shown.classList.remove('over');
      }
    },
    drop(event) {
      shown.classList.remove('over');
      if (event.dataTransfer.files.length) {
        event.preventDefault();
        if (may()) {
          take([...event.dataTransfer.files]);
        }
      }
    },
  };
  Object.entries(listeners).forEach(([name, listener]) => element.addEventListener(name, listener));
  return { end: () => Object.entries(listeners).forEach(([name, listener]) => element.removeEventListener(name, listener)) };
}

/** Whoever may upload can drop files anywhere on a view. */
export const dropsOn = (view) => (access.may('operator') ? onDrop(view, uploadDialog) : { end: () => {} });
