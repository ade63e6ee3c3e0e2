/** The resources of the API, each with its routes. */
@NullMarked
package io.tapdeck.web.api;

import org.jspecify.annotations.NullMarked;
