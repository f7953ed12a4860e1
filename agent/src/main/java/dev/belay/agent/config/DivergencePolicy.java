package dev.belay.agent.config;

import java.util.HashMap;
import java.util.Map;

/**
 * What divergence means for each service.
 *
 * @param standard for every service without an entry of its own
 * @param overrides by name of the service
 */
public record DivergencePolicy(Divergence standard, Map<String, Divergence> overrides) {

  /** Under which the value without a name is kept while parsing; no service has an empty name. */
  private static final String STANDARD = "";

  public DivergencePolicy {
    overrides = Map.copyOf(overrides);
  }

  /** {@code abort}, {@code continue}, {@code name=continue}, or a list of them. */
  static DivergencePolicy parse(String text) throws SettingFormatException {
    Map<String, Divergence> values = new HashMap<>();
    for (String part : Parts.of(text, ',')) {
      int equals = part.indexOf('=');
      String name = equals < 0 ? STANDARD : Service.checkedName(part.substring(0, equals).trim());
      Divergence value = Choice.parse(part.substring(equals + 1).trim(), Divergence.values());
      if (values.put(name, value) != null) {
        throw new SettingFormatException(
            (name.isEmpty() ? "the value for all services" : name) + " is given twice");
      }
    }
    Divergence standard = values.remove(STANDARD);
    return new DivergencePolicy(standard == null ? Divergence.ABORT : standard, values);
  }

  /** What holds for the service of that name. */
  public Divergence of(String service) {
    return overrides.getOrDefault(service, standard);
  }

  /** As an operator would write it. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(Choice.text(standard));
    for (Map.Entry<String, Divergence> override : overrides.entrySet()) {
      text.append(',').append(override.getKey()).append('=');
      text.append(Choice.text(override.getValue()));
    }
    return text.toString();
  }
}
