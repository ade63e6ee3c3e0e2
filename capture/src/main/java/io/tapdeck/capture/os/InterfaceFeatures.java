package io.tapdeck.capture.os;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The offloads and other features of one interface, by the kernel's own names, as {@code ethtool
 * -k} shows and {@code ethtool -K} sets them (linux/ethtool.h: ETHTOOL_GFEATURES, ETHTOOL_SFEATURES
 * with the names of the string set ETH_SS_FEATURES).
 *
 * <p>It holds a socket of the network namespace in which it was opened, and the interface's index:
 * from then on any thread may use it, whatever namespace it is in, the interface may be renamed,
 * and another one that takes its name is not mistaken for it. Not for several threads at once.
 */
public final class InterfaceFeatures implements AutoCloseable {
  private static final int AF_INET = 2;
  private static final int SOCK_DGRAM = 2;
  private static final int SOCK_CLOEXEC = 0x80000;

  private static final long SIOCGIFNAME = 0x8910;
  private static final long SIOCGIFINDEX = 0x8933;
  private static final long SIOCETHTOOL = 0x8946;

  private static final int ETHTOOL_GSTRINGS = 0x1b;
  private static final int ETHTOOL_GSSET_INFO = 0x37;
  private static final int ETHTOOL_GFEATURES = 0x3a;
  private static final int ETHTOOL_SFEATURES = 0x3b;
  private static final int ETH_SS_FEATURES = 4;

  /** {@code struct ifreq}: the name, then a union that holds a pointer or the index here. */
  private static final int REQUEST_BYTES = 40;

  private static final int NAME_BYTES = 16;

  /** {@code struct ethtool_sset_info}: command, reserved, a mask of 64 bits, then the counts. */
  private static final int SET_MASK = 8;

  private static final int SET_COUNT = 16;
  private static final int SET_BYTES = 20;

  /** {@code struct ethtool_gstrings}: command, set, count, then strings of 32 bytes. */
  private static final int STRINGS_SET = 4;

  private static final int STRINGS_COUNT = 8;
  private static final int STRINGS = 12;
  private static final int STRING_BYTES = 32;

  /** Both feature structures: command, number of blocks of 32 features, then the blocks. */
  private static final int BLOCK_COUNT = 4;

  private static final int BLOCKS = 8;

  /** {@code struct ethtool_get_features_block}: available, requested, active, never_changed. */
  private static final int GET_BLOCK_BYTES = 16;

  /** {@code struct ethtool_set_features_block}: valid, requested. */
  private static final int SET_BLOCK_BYTES = 8;

  /** The kernel has some 64; more than this is no count. */
  private static final int MOST_FEATURES = 4096;

  private final int socket;
  private final int index;
  private final List<String> names;
  private boolean open = true;

  /**
   * What the kernel says of one feature.
   *
   * @param available can be turned on and off at this interface; else it is {@code [fixed]}
   * @param requested wanted on, which it need not be
   * @param active on
   */
  public record Feature(boolean available, boolean requested, boolean active) {}

  private InterfaceFeatures(int socket, int index, List<String> names) {
    this.socket = socket;
    this.index = index;
    this.names = names;
  }

  /**
   * Opens an interface of the calling thread's network namespace. Needs no privilege.
   *
   * @throws OsException {@link Errno#ENODEV} if there is no such interface
   */
  public static InterfaceFeatures open(String interfaceName) throws OsException {
    byte[] name = interfaceName.getBytes(StandardCharsets.UTF_8);
    if (name.length == 0 || name.length >= NAME_BYTES) {
      throw new OsException("features of " + interfaceName, Errno.ENODEV);
    }
    try (Memory request = new Memory(REQUEST_BYTES)) {
      int socket = LibC.socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
      try {
        request.clear();
        request.write(0, name, 0, name.length);
        LibC.ioctl(socket, SIOCGIFINDEX, request);
        int index = request.getInt(NAME_BYTES);
        return new InterfaceFeatures(socket, index, names(socket, index));
      } catch (LastErrorException | OsException failed) {
        LibC.close(socket);
        throw failed;
      }
    } catch (LastErrorException failed) {
      throw new OsException("features of " + interfaceName, failed.getErrorCode());
    }
  }

  /**
   * Reads every feature that the kernel knows, by its name, such as {@code rx-gro}. Needs no
   * privilege.
   *
   * @throws OsException {@link Errno#ENODEV} if the interface is gone
   */
  public SortedMap<String, Feature> read() throws OsException {
    int blocks = blocks();
    try (Memory features = new Memory(BLOCKS + (long) blocks * GET_BLOCK_BYTES)) {
      features.clear();
      features.setInt(0, ETHTOOL_GFEATURES);
      features.setInt(BLOCK_COUNT, blocks);
      ethtool(socket, index, features);
      SortedMap<String, Feature> read = new TreeMap<>();
      for (int i = 0; i < names.size(); i++) {
        long block = BLOCKS + (long) (i / Integer.SIZE) * GET_BLOCK_BYTES;
        int bit = 1 << (i % Integer.SIZE);
        boolean fixed = (features.getInt(block + 3 * Integer.BYTES) & bit) != 0;
        boolean available = (features.getInt(block) & bit) != 0;
        boolean requested = (features.getInt(block + Integer.BYTES) & bit) != 0;
        boolean active = (features.getInt(block + 2 * Integer.BYTES) & bit) != 0;
        if (!names.get(i).isEmpty()) {
          read.put(names.get(i), new Feature(available && !fixed, requested, active));
        }
      }
      return read;
    } catch (LastErrorException failed) {
      throw new OsException("read the features of an interface", failed.getErrorCode());
    }
  }

  /**
   * Asks for some features to be on or off, and leaves all others as they are. What is not
   * available stays as it is, and a feature that depends on another need not follow: {@link #read}
   * tells. Needs CAP_NET_ADMIN.
   *
   * @param wanted names as {@link #read} gives them; others are ignored
   * @throws OsException {@link Errno#ENODEV} if the interface is gone, {@link Errno#EPERM} without
   *     the privilege
   */
  public void request(Collection<String> wanted, boolean on) throws OsException {
    int blocks = blocks();
    try (Memory features = new Memory(BLOCKS + (long) blocks * SET_BLOCK_BYTES)) {
      features.clear();
      features.setInt(0, ETHTOOL_SFEATURES);
      features.setInt(BLOCK_COUNT, blocks);
      for (int i = 0; i < names.size(); i++) {
        if (wanted.contains(names.get(i))) {
          long block = BLOCKS + (long) (i / Integer.SIZE) * SET_BLOCK_BYTES;
          int bit = 1 << (i % Integer.SIZE);
          features.setInt(block, features.getInt(block) | bit);
          if (on) {
            long requested = block + Integer.BYTES;
            features.setInt(requested, features.getInt(requested) | bit);
          }
        }
      }
      ethtool(socket, index, features);
    } catch (LastErrorException failed) {
      throw new OsException("set the features of an interface", failed.getErrorCode());
    }
  }

  @Override
  public void close() {
    if (open) {
      open = false;
      LibC.close(socket);
    }
  }

  private int blocks() {
    return (names.size() + Integer.SIZE - 1) / Integer.SIZE;
  }

  /** The name of every feature, in the order of their bits; a bit without one has none. */
  private static List<String> names(int socket, int index) throws OsException {
    int count;
    try (Memory set = new Memory(SET_BYTES)) {
      set.clear();
      set.setInt(0, ETHTOOL_GSSET_INFO);
      set.setLong(SET_MASK, 1L << ETH_SS_FEATURES);
      ethtool(socket, index, set);
      count = set.getInt(SET_COUNT);
    }
    if (count < 1 || count > MOST_FEATURES) {
      throw new OsException("count the features of an interface", Errno.EINVAL);
    }
    try (Memory strings = new Memory(STRINGS + (long) count * STRING_BYTES)) {
      strings.clear();
      strings.setInt(0, ETHTOOL_GSTRINGS);
      strings.setInt(STRINGS_SET, ETH_SS_FEATURES);
      strings.setInt(STRINGS_COUNT, count);
      ethtool(socket, index, strings);
      List<String> names = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        byte[] name = strings.getByteArray(STRINGS + (long) i * STRING_BYTES, STRING_BYTES);
        names.add(new String(name, 0, length(name), StandardCharsets.US_ASCII));
      }
      return names;
    }
  }

  private static int length(byte[] string) {
    int length = 0;
    while (length < string.length && string[length] != 0) {
      length++;
    }
    return length;
  }

  /** The request of ethtool is by name: it is asked for each time, as it can change. */
  private static void ethtool(int socket, int index, Memory command) {
    try (Memory request = new Memory(REQUEST_BYTES)) {
      request.clear();
      request.setInt(NAME_BYTES, index);
      LibC.ioctl(socket, SIOCGIFNAME, request);
      request.setPointer(NAME_BYTES, command);
      LibC.ioctl(socket, SIOCETHTOOL, request);
    }
  }
}
