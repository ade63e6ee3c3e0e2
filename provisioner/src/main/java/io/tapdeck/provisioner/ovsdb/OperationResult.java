package io.tapdeck.provisioner.ovsdb;

import java.util.List;
import java.util.Map;

/**
 * What one operation of a committed transaction gave.
 *
 * @param rows what a select read; empty for the others
 */
public record OperationResult(List<Map<String, Value>> rows) {
  public OperationResult {
    rows = List.copyOf(rows);
  }
}
