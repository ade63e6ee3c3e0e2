package io.tapdeck.replay;

import io.tapdeck.replay.rewrite.Side;
import java.nio.ByteBuffer;

/** Tells which side a frame comes from; see {@link io.tapdeck.replay.rewrite.Sides#of}. */
@FunctionalInterface
interface SideRule {
  Side of(ByteBuffer frame, int offset, int length);
}
