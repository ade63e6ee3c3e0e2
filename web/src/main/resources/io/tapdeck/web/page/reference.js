// The API, described for people: each route with what it needs and how it is called.

import { access } from './access.js';
import { address, get } from './api.js';
import { announce, h, replace, setNote } from './dom.js';
import { exampleOf, fieldsOf, resolve, typeOf } from './schema.js';

const METHODS = ['get', 'put', 'post', 'patch', 'delete'];

export function show(main) {
  const problem = h('p', { class: 'problem', role: 'alert' });
  const loading = h('p', { class: 'loading', role: 'status' }, 'Loading…');
  const none = h('p', { class: 'empty', role: 'status', hidden: true }, 'No route has these words.');
  const about = h('p', { class: 'soft' });
  const list = h('div', { class: 'fields' });
  const search = h('input', { type: 'search', placeholder: 'Path or words', 'aria-label': 'Search the API', 'data-testid': 'search-api' });
  let sections = [];
  let ended = false;
  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    sections.forEach(({ element, operations }) => {
      operations.forEach((one) => { one.element.hidden = !words.every((word) => one.words.includes(word)); });
      element.hidden = operations.every((one) => one.element.hidden);
    });
    none.hidden = sections.length === 0 || sections.some(({ element }) => !element.hidden);
  };
  search.addEventListener('input', filter);
  setNote(problem, '');
  main.append(
    h('div', { class: 'heading' }, h('h1', { class: 'grow' }, 'API'), search,
      h('a', { class: 'button', href: address('/openapi.json'), download: 'tapdeck-openapi.json' }, 'OpenAPI document')),
    problem, about, loading, none, list);
  get('/openapi.json').then((document) => {
    if (!ended) {
      about.textContent = document.info.description;
      sections = document.tags.map(({ name }) => section(document, name)).filter(({ operations }) => operations.length > 0);
      replace(list, sections.map(({ element }) => element));
      filter();
    }
  }, (refused) => setNote(problem, refused.message)).finally(() => loading.remove());
  return { title: 'API', end() { ended = true; } };
}

function section(document, tag) {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    METHODS.filter((method) => methods[method]?.tags.includes(tag)).map((method) => operation(document, path, method, methods[method])));
  return {
    operations,
    element: h('section', { class: 'panel', 'aria-label': tag }, h('header', {}, h('h2', {}, tag)), operations.map(({ element }) => element)),
  };
}

function operation(document, path, method, described) {
  const word = method.toUpperCase();
  const body = h('div', { class: 'fields' });
  const element = h('details', { class: 'operation', 'data-operation': described.operationId, ontoggle: () => {
    // Each is drawn once somebody looks at it.
    if (element.open && !body.hasChildNodes()) {
      replace(body, details(document, path, word, described));
    }
  } },
  h('summary', {}, h('span', { class: `method mono ${method}` }, word), h('code', { class: 'name' }, path), h('span', { class: 'soft grow' }, described.summary), h('span', { class: 'tag' }, described['x-role'])), body);
  return { element, words: `${word} ${path} ${described.summary} ${described['x-role']}`.toLowerCase() };
}

function details(document, path, word, described) {
  const parameters = (described.parameters ?? []).map((one) => resolve(document, one));
  const schema = described.requestBody && Object.values(resolve(document, described.requestBody).content)[0]?.schema;
  return [
    described.description && h('p', {}, described.description),
    h('p', {}, needs(described)),
    table('Parameters', parameters.map((one) => ({ name: one.name, type: `${typeOf(document, one.schema)}, in the ${one.in}`, required: one.required, description: one.description ?? '' }))),
    schema && table('Body', fieldsOf(document, schema)),
    Object.entries(described.responses).filter(([status]) => status !== 'default').map(([status, answer]) => answerOf(document, status, resolve(document, answer))),
    example(document, path, word, described, parameters, schema),
  ];
}

function needs(described) {
  const role = described['x-role'];
  if (role === 'nobody') {
    return 'Anybody may call it.';
  }
  const byToken = (described.security ?? []).some((one) => 'apiToken' in one);
  return [`Needs the role ${role}`, access.may(role) ? '' : ` (yours is ${access.role})`, byToken ? ', in a session or with an API token of that scope.' : ', in a session: not with an API token.'].join('');
}

function table(title, fields) {
  return fields.length > 0 && [h('h3', {}, title), h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': title }, h('table', { class: 'reference' },
    h('thead', {}, h('tr', {}, ['Name', 'Type', 'Meaning'].map((name) => h('th', { scope: 'col' }, name)))),
    h('tbody', {}, fields.map(({ name, type, required, description }) => h('tr', {},
      h('td', {}, h('code', {}, name), required && h('span', { class: 'soft small' }, ' needed')), h('td', { class: 'small' }, type), h('td', { class: 'small' }, description))))))];
}

function answerOf(document, status, { description, content = {} }) {
  const [[type, { schema }] = ['', {}]] = Object.entries(content);
  return table(`Answer ${status}: ${type}`, fieldsOf(document, schema)) || [h('h3', {}, `Answer ${status}`), h('p', { class: 'small' }, [description, type].filter(Boolean).join(' '))];
}

/** As it is typed into a shell; an API token is in the environment, not in the command line's history. */
function example(document, path, word, described, parameters, schema) {
  const byToken = described['x-role'] !== 'nobody' && described.security.some((one) => 'apiToken' in one);
  if (!byToken && described['x-role'] !== 'nobody') {
    return null;
  }
  const filled = path.replace(/\{(\w+)\}/g, (all, name) => {
    const value = exampleOf(document, parameters.find((one) => one.name === name)?.schema);
    return value === '…' ? name.toUpperCase() : value;
  });
  const writes = word !== 'GET';
  const sendsFile = Object.keys(described.requestBody?.content ?? {}).includes('application/octet-stream');
  const answers = Object.keys(Object.values(described.responses).map((one) => resolve(document, one).content ?? {}).find((content) => Object.keys(content).length > 0) ?? {});
  const lines = [
    `curl${sendsFile ? ' -T FILE' : writes ? ` -X ${word}` : ''}${answers.some((type) => !type.includes('json') && type !== 'text/event-stream') ? ' -OJ' : ''}${answers.includes('text/event-stream') ? ' -N' : ''}`,
    byToken && '-H "Authorization: Bearer $TAPDECK_TOKEN"',
    writes && !sendsFile && "-H 'Content-Type: application/json'",
    schema && !sendsFile && `-d '${JSON.stringify(exampleOf(document, schema)).replaceAll("'", "'\\''")}'`,
    `'${location.origin}${address(filled)}'`,
  ].filter(Boolean);
  const text = lines.join(' \\\n  ');
  return [h('h3', {}, 'By curl'), h('pre', { class: 'example', tabindex: '0', 'data-testid': 'curl' }, text),
    // Over plain HTTP browsers let nobody copy.
    navigator.clipboard && h('div', { class: 'actions' }, h('button', { type: 'button', class: 'small', onclick: () => navigator.clipboard.writeText(text).then(() => announce('Copied'), () => announce('It could not be copied: select it')) }, 'Copy'))];
}
