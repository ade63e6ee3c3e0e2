/**
 * Who may use the appliance: users, their passwords, sessions and API tokens, and what each of them
 * did.
 */
@NullMarked
package io.tapdeck.web.account;

import org.jspecify.annotations.NullMarked;
