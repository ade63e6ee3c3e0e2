// The doctor: what would keep a recording from being complete and true, and what to do about it.

import { access } from './access.js';
import { get } from './api.js';
import { h, replace, setNote, setText } from './dom.js';
import { choice } from './fields.js';
import { plural } from './format.js';
import { live } from './live.js';
import { isRunning } from './state.js';

const GRADES = ['bad', 'warn', 'good'];

/** A panel that looks at all interfaces at once, and closer when it is asked to. */
export function doctorPanel() {
  const body = access.may('operator') ? examination() : { element: h('div', { class: 'empty' }, h('p', {}, `The doctor is for operators, and your role is ${access.role}.`)), end() {} };
  return {
    element: h('section', { class: 'panel', 'aria-label': 'Doctor', 'data-testid': 'doctor' },
      h('header', {}, h('h2', {}, 'Doctor'), h('span', { class: 'soft small' }, 'what a recording would meet')), body.element),
    end: body.end,
  };
}

function examination() {
  const nic = interfaceChoice();
  const measure = h('input', { type: 'checkbox', 'data-testid': 'measure' });
  const whyNot = h('span', { class: 'hint' });
  const go = h('button', { type: 'submit', class: 'main', 'data-testid': 'examine' }, 'Examine');
  const problem = h('p', { class: 'problem', role: 'alert', 'data-testid': 'doctor-problem' });
  const summary = h('p', { class: 'loading', role: 'status', 'data-testid': 'doctor-summary' });
  const found = h('div', { class: 'fields' });
  const examine = async () => {
    go.disabled = true;
    setNote(problem, '');
    setNote(summary, measure.checked ? 'Looking, and measuring the disk…' : 'Looking…');
    try {
      const report = await get(`/doctor?${new URLSearchParams({ ...nic.read(), measure: measure.checked })}`);
      setText(summary, GRADES.map((grade) => `${report[grade]} ${grade}`).join(', '));
      summary.className = 'soft';
      replace(found, GRADES.map((grade) => ofGrade(grade, report.findings.filter((one) => one.grade === grade))));
    } catch (refused) {
      setNote(summary, '');
      setNote(problem, refused.message);
    }
    go.disabled = false;
  };
  const end = live.subscribe(() => {
    const busy = (live.recordings ?? []).some(isRunning);
    measure.disabled = busy;
    measure.checked &&= !busy;
    setText(whyNot, busy ? 'not while something is recorded: frames could be lost' : '');
  });
  examine();
  return {
    element: h('div', { class: 'body fields' },
      h('form', { class: 'examination', onsubmit: (event) => {
        event.preventDefault();
        examine();
      } }, nic.element, h('label', { class: 'check' }, measure, 'Measure the disk, for two seconds', whyNot), go),
      problem, summary, found),
    end,
  };
}

/** What is good is folded away: nothing is to be done about it. */
function ofGrade(grade, findings) {
  if (findings.length === 0) {
    return null;
  }
  const list = h('ul', { class: 'findings' }, findings.map(finding));
  return grade === 'good' ? h('details', {}, h('summary', {}, `${plural(findings.length, 'thing')} that ${findings.length === 1 ? 'is' : 'are'} good`), list) : list;
}

const finding = ({ subject, check, grade, found, remedy }) => h('li', { 'data-grade': grade, 'data-check': check },
  h('span', { class: `state ${grade}` }, grade),
  h('div', { class: 'grow' },
    h('p', {}, h('strong', { class: 'name' }, check), h('span', { class: 'soft small name' }, ` ${subject}`)),
    h('p', { class: 'name' }, found),
    remedy && h('p', { class: 'remedy' }, h('span', { class: 'soft small' }, 'What to do: '), h('code', { class: 'name' }, remedy))));

function interfaceChoice() {
  const { input, element } = choice('Interface', 'interface', [['', 'All that are up, briefly']], { 'data-testid': 'doctor-interface' });
  let nics = [];
  get('/interfaces').then((all) => {
    nics = all;
    input.append(...all.map(({ name, netns }, index) => h('option', { value: String(index) }, netns ? `${name} in ${netns}` : name)));
  }, (problem) => {
    element.append(h('span', { class: 'wrong' }, problem.message));
  });
  return {
    element,
    read() {
      const nic = input.value === '' ? null : nics[Number(input.value)];
      return { ...(nic && { interface: nic.name }), ...(nic?.netns && { netns: nic.netns }) };
    },
  };
}
