package io.tapdeck.replay;

import io.tapdeck.replay.rewrite.Side;
import java.nio.ByteBuffer;

/** Tells whose side a frame is from. */
interface SideRule {
  Side side(ByteBuffer frame, int offset, int length);
}
