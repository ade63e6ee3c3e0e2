// Who is signed in, and what the role lets them do. The server decides; this only says so beforehand.

import { announce } from './dom.js';

/** What each role may do, besides what those before it may. */
export const ROLES = {
  viewer: 'sees everything but packets',
  analyst: 'downloads too, and replays to the interfaces that an administrator allows',
  operator: 'records, replays and mirrors, wherever that is possible',
  admin: 'manages users too, and sees what everybody did',
};

const RANKS = Object.keys(ROLES);

class Access {
  #session = null;

  use(session) {
    this.#session = session;
  }

  get user() {
    return this.#session?.user ?? '';
  }

  get role() {
    return this.#session?.role ?? '';
  }

  may(role) {
    return RANKS.indexOf(this.role) >= RANKS.indexOf(role);
  }

  /** A button for analysts, as for operators. */
  analysts(button) {
    return this.#only('analyst', button);
  }

  /** A button for what somebody began, for them and for operators. */
  owners(owner, button) {
    return this.user.toLowerCase() === owner.toLowerCase() ? this.analysts(button) : this.operators(button);
  }

  /** A button for operators. Others see it, cannot press it, and are told why. */
  operators(button) {
    return this.#only('operator', button);
  }

  #only(role, button) {
    if (!this.may(role)) {
      const why = `Your role is ${this.role}: this needs the role ${role}.`;
      button.setAttribute('aria-disabled', 'true');
      button.title = why;
      button.removeAttribute('href');
      button.addEventListener('click', (event) => {
        event.preventDefault();
        event.stopImmediatePropagation();
        announce(why);
      }, { capture: true });
    }
    return button;
  }
}

export const access = new Access();
