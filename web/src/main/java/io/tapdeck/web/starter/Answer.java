package io.tapdeck.web.starter;

import io.tapdeck.capture.netif.InterfaceDescription;
import io.tapdeck.capture.netif.InterfaceInventory;
import io.tapdeck.capture.netif.InterfaceKind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** All that the privileged starter answers. */
public final class Answer {
  private static final String STARTED = "started";
  private static final String ENDED = "ended";
  private static final String REFUSED = "refused";
  private static final String INTERFACES = "interfaces";
  private static final String LOOK = "look";
  private static final String EXAMINED = "examined";

  private Answer() {}

  /** A job was started; once it has ended another answer says so. */
  public static Message started(long pid) {
    return Message.of(STARTED, Long.toString(pid));
  }

  /** The job that was started has ended. */
  public static Message ended(int status) {
    return Message.of(ENDED, Integer.toString(status));
  }

  /** It was not done. */
  public static Message refused(String sentence) {
    return Message.of(REFUSED, sentence.replace('\0', ' '));
  }

  /** What an interface looks like. */
  public static Message look(NicLook look) {
    return Message.of(LOOK, Boolean.toString(look.exists()), Boolean.toString(look.isTapNic()));
  }

  /** What the doctor said, as it prints it for machines. */
  public static Message examined(String json) {
    return Message.of(EXAMINED, json.replace('\0', ' '));
  }

  /** All interfaces. */
  public static Message interfaces(InterfaceInventory inventory) {
    List<String> words = Words.begin(INTERFACES);
    words.add(Integer.toString(inventory.interfaces().size()));
    for (InterfaceDescription nic : inventory.interfaces()) {
      words.addAll(
          List.of(
              nic.name(),
              Words.of(nic.netns()),
              nic.kind().name(),
              Boolean.toString(nic.up()),
              Boolean.toString(nic.carrier()),
              nic.mac(),
              Integer.toString(nic.mtu()),
              Words.of(nic.speedMbps()),
              Words.of(nic.driver())));
      Words.add(words, nic.addresses());
      words.add(Words.of(nic.tapService()));
    }
    for (InterfaceInventory.Unseen unseen : inventory.unseen()) {
      words.add(Words.of(unseen.netns()));
      words.add(unseen.reason());
    }
    return new Message(words);
  }

  static long readStarted(Message message) throws IOException {
    return Long.parseLong(expect(message, STARTED).text());
  }

  static int readEnded(Message message) throws IOException {
    return expect(message, ENDED).number();
  }

  static String readExamined(Message message) throws IOException {
    return expect(message, EXAMINED).text();
  }

  static NicLook readLook(Message message) throws IOException {
    Words words = expect(message, LOOK);
    return new NicLook(words.flag(), words.flag());
  }

  static InterfaceInventory readInterfaces(Message message) throws IOException {
    Words words = expect(message, INTERFACES);
    List<InterfaceDescription> interfaces = new ArrayList<>();
    for (int left = words.number(); left > 0; left--) {
      interfaces.add(
          new InterfaceDescription(
              words.text(),
              words.maybe(name -> name),
              InterfaceKind.valueOf(words.text()),
              words.flag(),
              words.flag(),
              words.text(),
              words.number(),
              words.maybe(Long::valueOf),
              words.maybe(driver -> driver),
              words.list(),
              words.maybe(UUID::fromString)));
    }
    List<InterfaceInventory.Unseen> unseen = new ArrayList<>();
    while (words.hasMore()) {
      unseen.add(new InterfaceInventory.Unseen(words.maybe(name -> name), words.text()));
    }
    return new InterfaceInventory(interfaces, unseen);
  }

  private static Words expect(Message message, String name) throws IOException {
    if (message.name().equals(REFUSED)) {
      throw new StartRefusedException(message.word(1));
    }
    if (!message.name().equals(name)) {
      throw new IOException("the starter answers what was not asked: " + message.name());
    }
    return new Words(message);
  }
}
