// The one way to the server: JSON, the session's CSRF token, problems as sentences.

/** What the server refused, in its own words. */
export class Problem extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

const state = { csrf: '', signedOut: () => {} };

/** Who is signed in, from now on. */
export function useSession(session) {
  state.csrf = session?.csrf ?? '';
}

/** Called when the session has ended behind our back. */
export function onSignedOut(call) {
  state.signedOut = call;
}

async function ask(method, path, body) {
  const headers = { Accept: 'application/json' };
  if (method !== 'GET') {
    headers['Content-Type'] = 'application/json';
    if (state.csrf) {
      headers['X-CSRF-Token'] = state.csrf;
    }
  }
  let answer;
  try {
    answer = await fetch('/api/v1' + path, {
      method,
      headers,
      body: method === 'GET' ? undefined : JSON.stringify(body ?? {}),
      credentials: 'same-origin',
      cache: 'no-store',
      redirect: 'error',
    });
  } catch {
    throw new Problem(0, 'Tapdeck does not answer: is it still running?');
  }
  if (!answer.ok) {
    const detail = await answer.json().then((problem) => problem.detail, () => '');
    if (answer.status === 401 && state.csrf) {
      state.csrf = '';
      state.signedOut();
    }
    throw new Problem(answer.status, detail || `the server answered ${answer.status}`);
  }
  return answer.status === 204 ? null : answer.json();
}

export const get = (path) => ask('GET', path);
export const put = (path, body) => ask('PUT', path, body);
export const post = (path, body) => ask('POST', path, body);
export const remove = (path) => ask('DELETE', path);

/** An id for what is about to be made: asked again with it, nothing is made twice. */
export const newId = () => crypto.randomUUID();
