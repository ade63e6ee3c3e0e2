/**
 * An appliance elsewhere, called as programs call it: with an API token, over HTTPS. What it
 * answers is as hostile as any other: bounded, and never a file's name.
 */
@NullMarked
package io.tapdeck.web.client;

import org.jspecify.annotations.NullMarked;
