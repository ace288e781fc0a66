package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class SectionsTest {
  @Test
  void eachSectionIsFollowedOrReadOnce() {
    TreeSet<String> known = new TreeSet<>(Sections.FOLLOWED);
    known.addAll(Sections.READ_ONCE.keySet());

    assertThat(known)
        .hasSize(Sections.FOLLOWED.size() + Sections.READ_ONCE.size())
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(SluiceConfig.class.getRecordComponents())
                .map(RecordComponent::getName)
                .toList());
  }
}
