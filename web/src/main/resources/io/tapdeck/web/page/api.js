// The one way to the server: JSON, the session's CSRF token, problems as sentences.

const BASE = '/api/v1';
const PATIENCE = { read: 20_000, write: 60_000 };

/** What the server refused, in its own words, as a sentence. */
class Problem extends Error {
  constructor(status, detail, field = '') {
    super(sentence(detail));
    this.status = status;
    /** Which field of what was sent it is about, if it is one. */
    this.field = field;
  }
}

/** "the name is taken" -> "The name is taken." */
function sentence(text) {
  const whole = text.trim();
  return whole.charAt(0).toUpperCase() + whole.slice(1) + (/[.!?…:]$/.test(whole) ? '' : '.');
}

const session = { csrf: '', ended: () => {} };

/** Who is signed in, from now on; null for nobody. */
export function useSession(signedIn) {
  session.csrf = signedIn?.csrf ?? '';
}

/** Calls back when the session has ended behind our back. */
export function onSessionEnd(call) {
  session.ended = call;
}

async function ask(method, path, body) {
  const reads = method === 'GET';
  const headers = { Accept: 'application/json' };
  if (!reads) {
    headers['Content-Type'] = 'application/json';
    if (session.csrf) {
      headers['X-CSRF-Token'] = session.csrf;
    }
  }
  const answer = await send(path, {
    method,
    headers,
    body: reads ? undefined : JSON.stringify(body ?? {}),
    signal: AbortSignal.timeout(reads ? PATIENCE.read : PATIENCE.write),
  });
  if (answer.status === 204) {
    return null;
  }
  try {
    return await answer.json();
  } catch {
    throw new Problem(0, 'the answer of Tapdeck was cut short: try again');
  }
}

/** What was refused; nobody is signed in any more if it says so. */
function refusal(status, said) {
  if (status === 401 && session.csrf) {
    session.csrf = '';
    session.ended();
  }
  return new Problem(status, said?.detail || `the server answered ${status}`, said?.field);
}

async function send(path, request) {
  let answer;
  try {
    answer = await fetch(BASE + path, { credentials: 'same-origin', cache: 'no-store', redirect: 'error', ...request });
  } catch (failed) {
    throw new Problem(0, failed.name === 'TimeoutError'
      ? 'Tapdeck has not answered in time: look whether it was done before you try again'
      : 'Tapdeck does not answer: is it still running?');
  }
  if (!answer.ok) {
    throw refusal(answer.status, await answer.json().catch(() => null));
  }
  return answer;
}

export const get = (path) => ask('GET', path);
export const put = (path, body) => ask('PUT', path, body);
export const post = (path, body) => ask('POST', path, body);
export const patch = (path, body) => ask('PATCH', path, body);
export const remove = (path) => ask('DELETE', path);

/**
 * Sends a file as it is; tells how many bytes of it have gone out. It takes as long as it goes on,
 * and ends by the signal. (fetch() tells nobody how far it is.)
 */
export const sendFile = (path, file, signal, progress) => new Promise((made, refused) => {
  const request = new XMLHttpRequest();
  const fail = (words) => refused(new Problem(0, words));
  const abort = () => request.abort();
  request.open('PUT', BASE + path);
  request.responseType = 'json';
  request.setRequestHeader('Content-Type', 'application/octet-stream');
  request.setRequestHeader('X-CSRF-Token', session.csrf);
  request.upload.onprogress = ({ loaded }) => progress(loaded);
  request.onerror = () => fail('the connection broke off, or the file was changed: is Tapdeck still running?');
  request.onabort = () => fail('it was cancelled, and nothing of it is kept');
  request.onload = () => (request.status < 300 ? made(request.response) : refused(refusal(request.status, request.response)));
  request.onloadend = () => signal.removeEventListener('abort', abort);
  signal.addEventListener('abort', abort);
  request.send(file);
});

/**
 * Opens the server's stream of events; it ends by the signal.
 *
 * @param lastId of the last event that was heard before; empty for none
 */
export const openStream = (path, signal, lastId) =>
  send(path, { headers: { Accept: 'text/event-stream', ...(lastId ? { 'Last-Event-ID': lastId } : {}) }, signal });

/** Where a browser downloads from. */
export const address = (path) => BASE + path;

/** Also where the page does not come from this machine: randomUUID() is kept from pages on plain HTTP. */
function randomId() {
  if (crypto.randomUUID) {
    return crypto.randomUUID();
  }
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/**
 * Gives ids for what is about to be made. Asked again for the same wish it gives the same id, so
 * that what is sent twice is made once; for another wish, another.
 */
export function wishIds() {
  const ids = new Map();
  return (wish) => {
    const key = JSON.stringify(wish);
    if (!ids.has(key)) {
      ids.set(key, randomId());
    }
    return ids.get(key);
  };
}
