package dev.belay.replicator.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.Config;
import com.hazelcast.spi.properties.ClusterProperty;
import com.hazelcast.spi.properties.HazelcastProperties;
import dev.belay.replicator.cluster.ReplicatorSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The system properties are the application's, which may have a Hazelcast of its own. */
final class MemberConfigTest {

  private static final Map<String, String> OF_THE_APPLICATION =
      Map.of(
          "hazelcast.local.localAddress", "10.1.2.3",
          "hazelcast.local.publicAddress", "10.1.2.3:5701",
          "hazelcast.socket.server.bind.any", "true",
          "hazelcast.io.input.thread.count", "17",
          "hazelcast.max.no.heartbeat.seconds", "1");

  @AfterEach
  void forget() {
    OF_THE_APPLICATION.keySet().forEach(System::clearProperty);
  }

  @Test
  void shouldNotHearWhatTheApplicationTellsItsOwnMember() throws Exception {
    OF_THE_APPLICATION.forEach(System::setProperty);
    ReplicatorSettings settings =
        new ReplicatorSettings(
            "belay",
            "a",
            "door:7400",
            List.of("127.0.0.1"),
            "127.0.0.1",
            5701,
            ReplicatorSettings.Role.SERVER,
            null,
            Duration.ofMinutes(1),
            1 << 20);

    Config config = MemberConfig.of(settings, new AskService(null));

    HazelcastProperties properties = new HazelcastProperties(config);
    assertThat(config.getProperty("hazelcast.local.localAddress")).isNull();
    assertThat(config.getProperty("hazelcast.local.publicAddress")).isNull();
    assertThat(properties.getBoolean(ClusterProperty.SOCKET_SERVER_BIND_ANY)).isFalse();
    assertThat(properties.getInteger(ClusterProperty.IO_INPUT_THREAD_COUNT)).isEqualTo(1);
    assertThat(properties.getSeconds(ClusterProperty.MAX_NO_HEARTBEAT_SECONDS)).isEqualTo(15);
  }
}
