package dev.belay.agent.config;

import java.util.Locale;

/** Says of a key that does not exist which one was probably meant. */
final class UnknownKey {

  private UnknownKey() {}

  static Problem problem(String name, String value, String origin) {
    String nearest = nearest(name);
    String complaint =
        nearest == null
            ? "unknown key, and near none of the known ones"
            : "unknown key; did you mean " + nearest + "?";
    return new Problem(name, isSecret(name, nearest) ? Secret.MASK : value, origin, complaint);
  }

  /** A misspelt secret is a secret all the same. */
  private static boolean isSecret(String name, String nearest) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.contains("secret")
        || lower.contains("key")
        || lower.contains("pass")
        || isSecret(Key.named(nearest))
        || isSecret(Key.ofEnvironment(nearest));
  }

  private static boolean isSecret(Key key) {
    return key != null && key.isSecret();
  }

  private static String nearest(String name) {
    boolean isVariable = name.startsWith(Key.ENVIRONMENT_PREFIX);
    String nearest = null;
    int least = Integer.MAX_VALUE;
    for (Key key : Key.values()) {
      String candidate = isVariable ? key.environmentName() : key.text();
      int distance = distance(name, candidate);
      if (distance < least) {
        least = distance;
        nearest = candidate;
      }
    }
    return least <= tolerated(name) ? nearest : null;
  }

  /** Half of what follows the prefix may be wrong. */
  private static int tolerated(String name) {
    return Math.max(2, (name.length() - Key.PREFIX.length()) / 2);
  }

  /** Levenshtein distance with one row of memory; names are short, see the caller. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
