/** The {@code tapdeck} command: one class a subcommand, and where the parts are put together. */
@NullMarked
package io.tapdeck.web.command;

import org.jspecify.annotations.NullMarked;
