package io.tapdeck.web.privilege;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a process may be allowed to do beyond its account, capabilities(7), by their numbers. */
public enum Capability {
  CHOWN,
  DAC_OVERRIDE,
  DAC_READ_SEARCH,
  FOWNER,
  FSETID,
  KILL,
  SETGID,
  SETUID,
  SETPCAP,
  LINUX_IMMUTABLE,
  NET_BIND_SERVICE,
  NET_BROADCAST,
  NET_ADMIN,
  NET_RAW,
  IPC_LOCK,
  IPC_OWNER,
  SYS_MODULE,
  SYS_RAWIO,
  SYS_CHROOT,
  SYS_PTRACE,
  SYS_PACCT,
  SYS_ADMIN,
  SYS_BOOT,
  SYS_NICE,
  SYS_RESOURCE,
  SYS_TIME,
  SYS_TTY_CONFIG,
  MKNOD,
  LEASE,
  AUDIT_WRITE,
  AUDIT_CONTROL,
  SETFCAP,
  MAC_OVERRIDE,
  MAC_ADMIN,
  SYSLOG,
  WAKE_ALARM,
  BLOCK_SUSPEND,
  AUDIT_READ,
  PERFMON,
  BPF,
  CHECKPOINT_RESTORE;

  /** As setpriv(1) calls it. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** As manuals call it. */
  public String fullName() {
    return "CAP_" + name();
  }

  /** Those of a set of bits as in {@code CapEff} of proc_pid_status(5). */
  static List<Capability> of(long bits) {
    List<Capability> all = new ArrayList<>();
    long left = bits;
    for (Capability one : values()) {
      if ((left & 1) != 0) {
        all.add(one);
      }
      left >>>= 1;
    }
    return all;
  }
}
