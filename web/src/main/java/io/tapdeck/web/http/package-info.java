/**
 * The HTTP server of the appliance: routes, roles, what is checked before a handler sees a request,
 * and how errors are told. Nobody else knows the server's library.
 *
 * <p>A route of the API is declared once, in a list that the composition hands to {@link
 * io.tapdeck.web.http.WebServer}; what is not declared does not exist:
 *
 * {@snippet :
 * List<Route> routes() {
 *   return List.of(
 *       Route.get("/recordings/{id}", Role.VIEWER, "One recording", this::show),
 *       Route.put("/recordings/{id}", Role.OPERATOR, "Start a recording", this::create));
 * }
 *
 * private void show(Call call) {
 *   call.json(jobs.find(call.id("id")).orElseThrow(() -> Problem.notFound("no such recording")));
 * }
 *
 * private void create(Call call) {
 *   Wanted wanted = call.body(Wanted.class); // a record; strict, else 400
 *   call.json(201, jobs.start(call.id("id"), wanted, call.caller().user()));
 * }
 * }
 *
 * Paths are relative to {@code /api/v1}. Handlers block as they like: each call has a virtual
 * thread. When a handler runs, the caller has the route's role, a write has the session's CSRF
 * token, and a body is there and no larger than it may be. A refusal is a {@link
 * io.tapdeck.web.http.Problem}, thrown; anything else that is thrown is told as 500, with a number
 * that is in the log too.
 */
@NullMarked
package io.tapdeck.web.http;

import org.jspecify.annotations.NullMarked;
