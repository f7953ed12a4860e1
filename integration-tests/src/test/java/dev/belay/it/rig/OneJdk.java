package dev.belay.it.rig;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.support.ParameterDeclarations;

/**
 * A long test that runs on one {@link Jdk} of those found, given as its first argument: which one
 * is a matter of its name, so that each JDK gets its share. With {@code -Dbelay.it.every=true} it
 * runs on each.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedTest(name = "JDK {0}")
@ArgumentsSource(OneJdk.Jdks.class)
public @interface OneJdk {

  /** One of the JDKs found, or all. */
  final class Jdks implements ArgumentsProvider {
    @Override
    public Stream<? extends Arguments> provideArguments(
        ParameterDeclarations parameters, ExtensionContext context) {
      List<Jdk> all = Jdk.all();
      if (Boolean.getBoolean("belay.it.every")) {
        return all.stream().map(Arguments::of);
      }
      String name = context.getRequiredTestMethod().getName();
      int spread = name.hashCode() * 0x9E3779B9 >>> 24; // the low bits alone favour one
      return Stream.of(Arguments.of(all.get(spread % all.size())));
    }
  }
}
