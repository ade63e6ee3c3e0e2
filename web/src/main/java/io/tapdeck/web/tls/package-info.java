/** How the server proves who it is to browsers and programs. */
@NullMarked
package io.tapdeck.web.tls;

import org.jspecify.annotations.NullMarked;
