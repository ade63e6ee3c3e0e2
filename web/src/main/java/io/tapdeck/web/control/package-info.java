/**
 * How the appliance and the recorders and players that it started talk: lines of JSON over a Unix
 * socket. A running one tells how it is, and takes orders; it needs nobody to listen.
 */
@NullMarked
package io.tapdeck.web.control;

import org.jspecify.annotations.NullMarked;
