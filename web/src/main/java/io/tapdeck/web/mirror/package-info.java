/**
 * Mirrors as the appliance shows and uses them: a connection to the northbound that comes back by
 * itself, what is shown of it, and the mirrors that are made for one recording.
 */
@NullMarked
package io.tapdeck.web.mirror;

import org.jspecify.annotations.NullMarked;
