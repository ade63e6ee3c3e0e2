/**
 * Who may use the appliance: users, their passwords and sessions, and what each of them changed.
 */
@NullMarked
package io.tapdeck.web.account;

import org.jspecify.annotations.NullMarked;
