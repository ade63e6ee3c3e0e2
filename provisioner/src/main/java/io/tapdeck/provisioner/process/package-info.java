/** Runs other programs, without a shell and with a time limit. */
@NullMarked
package io.tapdeck.provisioner.process;

import org.jspecify.annotations.NullMarked;
