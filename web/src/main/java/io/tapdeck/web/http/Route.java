package io.tapdeck.web.http;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One thing that can be asked of the server, who may ask it, and what is done then.
 *
 * @param path such as {@code /recordings/{id}/stop}; a name in braces stands for one path element
 * @param role the least role that may call it
 * @param traits what else holds of it
 * @param summary a few words, for people
 */
public record Route(
    Method method, String path, Role role, Set<Trait> traits, String summary, Handler handler) {
  /** What may hold of a route. */
  public enum Trait {
    /** Only who has signed in may call it: no program with an API token. */
    SESSION_ONLY,
    /** It changes nothing, and is put on record all the same, as all that changes something is. */
    RECORDED,
    /** It changes nothing, though its method would say so, and is not put on record. */
    ASKS_ONLY,
    /**
     * Its handler reads the body as it comes, of whatever type and as long as it allows: nothing of
     * it is read before the caller is known to be allowed that.
     */
    STREAMS_BODY
  }

  private static final Pattern PATH =
      Pattern.compile("/|(?:/(?:[A-Za-z0-9._-]+|\\{[a-z][A-Za-z0-9]*}))+");
  private static final Pattern PARAMETER = Pattern.compile("\\{([^}]*)}");

  public Route {
    if (!PATH.matcher(path).matches()) {
      throw new IllegalArgumentException("no path of a route: " + path);
    }
    traits = Set.copyOf(traits);
  }

  public static Route get(String path, Role role, String summary, Handler handler) {
    return new Route(Method.GET, path, role, Set.of(), summary, handler);
  }

  public static Route put(String path, Role role, String summary, Handler handler) {
    return new Route(Method.PUT, path, role, Set.of(), summary, handler);
  }

  public static Route post(String path, Role role, String summary, Handler handler) {
    return new Route(Method.POST, path, role, Set.of(), summary, handler);
  }

  public static Route patch(String path, Role role, String summary, Handler handler) {
    return new Route(Method.PATCH, path, role, Set.of(), summary, handler);
  }

  public static Route delete(String path, Role role, String summary, Handler handler) {
    return new Route(Method.DELETE, path, role, Set.of(), summary, handler);
  }

  /** The same route, of which this holds too. */
  public Route with(Trait trait) {
    Set<Trait> more = EnumSet.of(trait);
    more.addAll(traits);
    return new Route(method, path, role, more, summary, handler);
  }

  boolean isSessionOnly() {
    return traits.contains(Trait.SESSION_ONLY);
  }

  boolean streamsBody() {
    return traits.contains(Trait.STREAMS_BODY);
  }

  /** Whether a request is one to it, as far as can be told before it is decoded. */
  boolean matches(String requestMethod, String requestPath) {
    return method.name().equals(requestMethod)
        && requestPath.matches(
            PARAMETER.matcher(Pattern.quote(path)).replaceAll("\\\\E[^/]+\\\\Q"));
  }

  /** Whether it is put on record who calls it. */
  boolean isRecorded() {
    return traits.contains(Trait.RECORDED)
        || (method.writes() && !traits.contains(Trait.ASKS_ONLY));
  }

  /** The names in braces, in their order. */
  public List<String> parameters() {
    Matcher matcher = PARAMETER.matcher(path);
    return matcher.results().map(found -> found.group(1)).toList();
  }

  /** The same route, whose path begins with a prefix. */
  public Route under(String prefix) {
    return new Route(method, prefix + path, role, traits, summary, handler);
  }
}
