package io.tapdeck.web.privilege;

import io.tapdeck.web.starter.Message;
import io.tapdeck.web.starter.Order;
import java.io.IOException;

/** Does what is ordered. */
@FunctionalInterface
interface OrderedWork {
  /** Takes what is answered. */
  @FunctionalInterface
  interface Answers {
    void tell(Message answer) throws IOException;
  }

  /**
   * Does it, and returns once there is no more to answer.
   *
   * @throws OrderRefusedException if it is not done
   */
  void obey(Order order, Answers answers)
      throws IOException, InterruptedException, OrderRefusedException;
}
