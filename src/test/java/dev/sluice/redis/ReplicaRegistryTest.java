package dev.sluice.redis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ReplicaRegistryTest {
  @ParameterizedTest
  @EnumSource(Store.class)
  void announce_severalReplicas_eachSeesAll(Store store) {
    ReplicaRegistry first = new ReplicaRegistry(store.connections(), "first");
    ReplicaRegistry second = new ReplicaRegistry(store.connections(), "second");

    assertThat(first.announce().toCompletableFuture().join()).isEqualTo(1);
    assertThat(second.announce().toCompletableFuture().join()).isEqualTo(2);
    assertThat(first.announce().toCompletableFuture().join()).isEqualTo(2);
    assertThat(first.getAsInt()).isEqualTo(2);

    assertThat(first.leave().toCompletableFuture().join()).isEqualTo(1);
    assertThat(second.leave().toCompletableFuture().join()).isZero();
    assertThat(store.commands().exists("sluice:replicas")).isZero();
  }

  @Test
  void found_fewer_isBelievedWhenItLasts() {
    ReplicaRegistry registry = new ReplicaRegistry(Store.STANDALONE.connections(), "alone");
    registry.found(3);
    for (int i = 1; i < ReplicaRegistry.MISSED; i++) {
      registry.found(i % 2 + 1);
    }
    assertThat(registry.getAsInt()).isEqualTo(3);

    registry.found(1);

    assertThat(registry.getAsInt()).as("the most of those").isEqualTo(2);
  }

  @Test
  void found_fewerAfterAnOutage_saysNothingYet() {
    ReplicaRegistry registry = new ReplicaRegistry(Store.STANDALONE.connections(), "alone");
    registry.found(3);
    for (int i = 0; i < ReplicaRegistry.MISSED - 1; i++) {
      registry.found(1);
    }

    registry.found(0);
    registry.found(1);

    assertThat(registry.getAsInt()).isEqualTo(3);
  }
}
