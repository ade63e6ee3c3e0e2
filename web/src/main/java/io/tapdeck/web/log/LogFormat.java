package io.tapdeck.web.log;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.OutputStreamAppender;
import java.util.Iterator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a line of the log is. */
public enum LogFormat {
  /** For people. */
  TEXT,
  /** A JSON object, for programs. */
  JSON;

  /** Writes the log of this process so from now on. */
  public void use() {
    if (this == TEXT || !(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
      return;
    }
    Iterator<Appender<ILoggingEvent>> appenders =
        context.getLogger(Logger.ROOT_LOGGER_NAME).iteratorForAppenders();
    while (appenders.hasNext()) {
      if (appenders.next() instanceof OutputStreamAppender<ILoggingEvent> appender) {
        JsonLines lines = new JsonLines();
        lines.setContext(context);
        lines.start();
        appender.setEncoder(lines);
      }
    }
  }
}
