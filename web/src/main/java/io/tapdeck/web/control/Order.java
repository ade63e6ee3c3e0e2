package io.tapdeck.web.control;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** Something that a process can be told to do by its control socket. */
@FunctionalInterface
public interface Order {
  /**
   * Sees to it that it is done, without waiting. Any thread may call.
   *
   * @param order as it came: {@code order} is its name, the other fields say more
   * @throws IllegalArgumentException if they make no sense; the message is told to who sent it
   */
  void obey(ObjectNode order);
}
