package io.tapdeck.web.command;

import io.tapdeck.capture.unit.DataSize;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads sizes, see {@link DataSize#parse}. */
final class DataSizes implements ITypeConverter<DataSize> {
  @Override
  public DataSize convert(String text) {
    try {
      return DataSize.parse(text);
    } catch (IllegalArgumentException wrong) {
      throw new TypeConversionException(wrong.getMessage());
    }
  }
}
