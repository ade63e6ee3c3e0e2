package io.tapdeck.provisioner.ovsdb;

/** Is told what the monitored tables hold. */
@FunctionalInterface
public interface ReplicaListener {
  /** The tables are like this now. */
  void changed(Replica replica);
}
