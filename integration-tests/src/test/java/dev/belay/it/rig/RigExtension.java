package dev.belay.it.rig;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;

/**
 * Gives each test a {@link Rig}, closes it afterwards, and adds to a failure's message what the
 * children printed.
 *
 * <p>A test whose assumption is not met stays a skipped one.
 */
public final class RigExtension implements ParameterResolver, TestExecutionExceptionHandler {
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(RigExtension.class);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Rig.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return rig(context);
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure) {
    if (failure instanceof TestAbortedException aborted) {
      System.out.println("SKIPPED " + name(context) + ": " + aborted.getMessage());
      throw aborted;
    }
    AssertionError withOutputs =
        new AssertionError(failure.getMessage() + "\n" + rig(context).transcripts(), failure);
    withOutputs.setStackTrace(failure.getStackTrace());
    throw withOutputs;
  }

  private static String name(ExtensionContext context) {
    return context.getRequiredTestClass().getSimpleName()
        + "."
        + context.getRequiredTestMethod().getName()
        + " "
        + context.getDisplayName();
  }

  private static Rig rig(ExtensionContext context) {
    return context.getStore(NAMESPACE).getOrComputeIfAbsent(Rig.class, key -> new Rig(), Rig.class);
  }
}
