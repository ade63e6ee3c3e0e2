// Elements are made here and nowhere else: text is always text, never markup.

import { localTime, time } from './format.js';

const SVG = 'http://www.w3.org/2000/svg';

/**
 * Makes an element. Attributes that begin with "on" are listeners; false, null and undefined ones
 * are left out; true ones are set empty. Children are elements, text, or lists of these.
 */
export function h(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** The same for SVG. */
export function s(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) {
      continue;
    }
    if (name.startsWith('on')) {
      element.addEventListener(name.slice(2), value);
    } else if (name === 'value' || name === 'checked') {
      element[name] = value;
    } else {
      element.setAttribute(name, value === true ? '' : value);
    }
  }
  add(element, children);
  return element;
}

function add(element, child) {
  if (Array.isArray(child)) {
    child.forEach((one) => add(element, one));
  } else if (child !== null && child !== undefined && child !== false) {
    element.append(child instanceof Node ? child : String(child));
  }
}

/** Puts these in the place of all that an element holds. */
export function replace(element, ...children) {
  const made = document.createDocumentFragment();
  add(made, children);
  element.replaceChildren(made);
  return element;
}

/** Sets a text only if it is another, so that nothing is laid out again for nothing. */
export function setText(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

/** Sets a text, and hides the element if there is none. */
export function setNote(element, text) {
  setText(element, text);
  element.hidden = !text;
}

/** An instant: in UTC, and in local time where one points at it. */
export function moment(text) {
  return setMoment(h('time'), text);
}

export function setMoment(element, text) {
  setText(element, time(text));
  if (text) {
    element.dateTime = text;
    element.title = localTime(text);
  }
  return element;
}

/** Says something to those who do not see the change. */
export function announce(text) {
  document.getElementById('announce').textContent = text;
}

/**
 * Keeps the children of an element in step with a list: one element an item, made once and then
 * updated, so that focus and scroll stay where they are.
 *
 * @param make makes {element, update(item)} for an item
 */
export function keyed(parent, key, make) {
  const parts = new Map();
  return (items) => {
    const wanted = new Set(items.map(key));
    for (const [id, part] of parts) {
      if (!wanted.has(id)) {
        part.element.remove();
        parts.delete(id);
      }
    }
    items.forEach((item, index) => {
      let part = parts.get(key(item));
      if (!part) {
        part = make(item);
        parts.set(key(item), part);
      }
      part.update(item);
      if (parent.children[index] !== part.element) {
        parent.insertBefore(part.element, parent.children[index] ?? null);
      }
    });
  };
}
