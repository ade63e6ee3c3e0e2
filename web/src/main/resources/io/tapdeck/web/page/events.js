// Server-sent events. Read by fetch and not by EventSource, for that tells neither why it was refused
// nor that a server with nothing to say is still there.

import { openStream } from './api.js';

/** Without a word for so long (a comment comes each 15 s), the server is taken for gone. */
const SILENCE = 40_000;

/**
 * Hears events until the stream ends, and then throws or returns.
 *
 * @param signal ends it
 * @param tell called with each event's name, data and id
 * @param lastId of the last event that was heard before: what is no news since is not told again
 */
export async function hearEvents(path, signal, tell, lastId = '') {
  const quiet = new AbortController();
  let watchdog = 0;
  const heard = () => {
    clearTimeout(watchdog);
    watchdog = setTimeout(() => quiet.abort(), SILENCE);
  };
  heard();
  try {
    const answer = await openStream(path, AbortSignal.any([signal, quiet.signal]), lastId);
    const text = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    const lines = lineReader(eventReader(tell));
    for (;;) {
      const { done, value } = await text.read();
      if (done) {
        return;
      }
      heard();
      lines(value);
    }
  } finally {
    clearTimeout(watchdog);
  }
}

function lineReader(line) {
  let rest = '';
  return (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop();
    lines.forEach((one) => line(one.endsWith('\r') ? one.slice(0, -1) : one));
  };
}

function eventReader(tell) {
  let name = '';
  let id = '';
  let data = [];
  return (line) => {
    if (line.startsWith('event:')) {
      name = line.slice(6).trim();
    } else if (line.startsWith('id:')) {
      id = line.slice(3).trim();
    } else if (line.startsWith('data:')) {
      data.push(line.slice(5));
    } else if (line === '') {
      if (data.length > 0) {
        tell(name, JSON.parse(data.join('\n')), id);
      }
      name = id = '';
      data = [];
    }
  };
}
