package io.tapdeck.web.http;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One thing that can be asked of the server, who may ask it, and what is done then.
 *
 * @param path such as {@code /recordings/{id}/stop}; a name in braces stands for one path element
 * @param role the least role that may call it
 * @param summary a few words, for people
 */
public record Route(Method method, String path, Role role, String summary, Handler handler) {
  private static final Pattern PATH =
      Pattern.compile("/|(?:/(?:[A-Za-z0-9._-]+|\\{[a-z][A-Za-z0-9]*}))+");
  private static final Pattern PARAMETER = Pattern.compile("\\{([^}]*)}");

  public Route {
    if (!PATH.matcher(path).matches()) {
      throw new IllegalArgumentException("no path of a route: " + path);
    }
  }

  public static Route get(String path, Role role, String summary, Handler handler) {
    return new Route(Method.GET, path, role, summary, handler);
  }

  public static Route put(String path, Role role, String summary, Handler handler) {
    return new Route(Method.PUT, path, role, summary, handler);
  }

  public static Route post(String path, Role role, String summary, Handler handler) {
    return new Route(Method.POST, path, role, summary, handler);
  }

  public static Route patch(String path, Role role, String summary, Handler handler) {
    return new Route(Method.PATCH, path, role, summary, handler);
  }

  public static Route delete(String path, Role role, String summary, Handler handler) {
    return new Route(Method.DELETE, path, role, summary, handler);
  }

  /** The names in braces, in their order. */
  public List<String> parameters() {
    Matcher matcher = PARAMETER.matcher(path);
    return matcher.results().map(found -> found.group(1)).toList();
  }

  Route under(String prefix) {
    return new Route(method, prefix + path, role, summary, handler);
  }
}
