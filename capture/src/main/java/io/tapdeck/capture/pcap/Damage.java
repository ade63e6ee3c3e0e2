package io.tapdeck.capture.pcap;

/**
 * Where the whole records of a capture file end before the file does.
 *
 * @param offset byte offset in the file of the first record that is not whole
 * @param bytesLeft bytes from there to the end of the file
 * @param reason what is wrong there, a clause such as {@code the last frame is cut short}
 */
public record Damage(long offset, long bytesLeft, String reason) {}
