package io.tapdeck.provisioner.ovsdb;

import java.util.List;
import java.util.Map;

/**
 * What one operation of a committed transaction gave.
 *
 * @param count rows changed by an update, mutate or delete; 0 for the others
 * @param rows what a select read; empty for the others
 */
public record OperationResult(long count, List<Map<String, Value>> rows) {
  public OperationResult {
    rows = List.copyOf(rows);
  }
}
