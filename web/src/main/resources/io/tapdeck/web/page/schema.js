// JSON schemas, as OpenAPI 3.1 has them, in words.

const DEEPEST = 4;

/** What a reference leads to; anything else is what it is. */
export function resolve(document, node) {
  const reference = node?.$ref;
  return reference ? reference.slice(2).split('/').reduce((at, key) => at[key], document) : node;
}

/** What a schema is one of, if it is. */
const alternatives = (schema) => schema?.oneOf ?? schema?.anyOf;

/** "string or null", "list of integer", "viewer | analyst". */
export function typeOf(document, schema) {
  const it = resolve(document, schema) ?? {};
  if (it.const !== undefined) {
    return JSON.stringify(it.const);
  }
  if (it.enum) {
    return it.enum.map((one) => (one === null ? 'null' : String(one))).join(' | ');
  }
  const some = alternatives(it);
  if (some) {
    return some.map((one) => typeOf(document, one)).join(' or ');
  }
  const types = [it.type ?? 'anything'].flat().map((type) => (type === 'array' ? `list of ${typeOf(document, it.items)}` : type));
  return types.join(' or ') + (it.format ? ` (${it.format})` : '');
}

/** An object's fields, those of the objects in it too: {name, type, required, description}. */
export function fieldsOf(document, schema, prefix = '', depth = 0) {
  const it = objectIn(document, schema);
  if (!it || depth > DEEPEST) {
    return [];
  }
  return Object.entries(it.properties).flatMap(([key, value]) => {
    const name = prefix + key;
    const list = resolve(document, value)?.type === 'array';
    return [
      { name, type: typeOf(document, value), required: (it.required ?? []).includes(key), description: value.description ?? resolve(document, value).description ?? '' },
      ...fieldsOf(document, value, `${name}${list ? '[]' : ''}.`, depth + 1),
    ];
  });
}

/** The object that a schema is, may be, or is a list of. */
function objectIn(document, schema) {
  const it = resolve(document, schema);
  if (it?.properties) {
    return it;
  }
  const all = it?.allOf ?? alternatives(it);
  if (all) {
    const parts = all.map((one) => objectIn(document, one)).filter(Boolean);
    if (parts.length < 2) {
      return parts[0] ?? null;
    }
    return { properties: Object.assign({}, ...parts.map(({ properties }) => properties)), required: it.allOf ? parts.flatMap(({ required }) => required ?? []) : [] };
  }
  return it?.items ? objectIn(document, it.items) : null;
}

/** A value that a schema takes: what it must have, and no more. */
export function exampleOf(document, schema, depth = 0) {
  const it = resolve(document, schema) ?? {};
  if (it.const !== undefined) {
    return it.const;
  }
  if (it.default !== undefined) {
    return it.default;
  }
  if (it.enum) {
    return it.enum[0];
  }
  const some = alternatives(it);
  if (some) {
    return exampleOf(document, some[0], depth);
  }
  const type = [it.type].flat()[0];
  if (it.properties && depth <= DEEPEST) {
    const wanted = it.required ?? Object.keys(it.properties).slice(0, 1);
    return Object.fromEntries(wanted.map((key) => [key, exampleOf(document, it.properties[key], depth + 1)]));
  }
  return { array: [], object: {}, integer: it.minimum ?? 1, number: it.minimum ?? 1, boolean: true }[type] ?? textOf(it);
}

const textOf = ({ format }) => ({ uuid: '6f1c1d2e-0000-4000-8000-000000000001', 'date-time': '2026-07-01T12:00:00Z', duration: 'PT30S' }[format] ?? '…');
