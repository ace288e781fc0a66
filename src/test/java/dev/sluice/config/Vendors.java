package dev.sluice.config;

import dev.sluice.policy.Block;
import dev.sluice.policy.Tier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What comes of the vendor's files, in the words that tests compare. */
record Vendors(List<EffectiveTier> tiers, BundlesReader bundles, List<Problem> problems) {

  /** Reads files that may have mistakes; without a file that can be read there are no tiers. */
  static Vendors read(Path... files) {
    Problems problems = new Problems();
    return SambaStackReader.read(List.of(files), Path.of("sluice.yaml"), problems)
        .map(reader -> new Vendors(reader.tiers(), reader.bundles(), problems.all()))
        .orElseGet(() -> new Vendors(List.of(), new BundlesReader(), problems.all()));
  }

  /** Reads a text, which problems call {@code f}. */
  static Vendors read(Path folder, String text) {
    try {
      return read(Files.writeString(folder.resolve("f"), text));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The problems, with files by their last name. */
  List<String> texts() {
    return problems.stream()
        .map(problem -> problem.toString().replaceAll("(^|(?<= ))/[^ :]*/", ""))
        .toList();
  }

  boolean valid() {
    return problems.stream().noneMatch(one -> one.severity() == Problem.Severity.ERROR);
  }

  /** A line for each tier and model. */
  List<String> lines() {
    return tiers.stream()
        .map(EffectiveTier::tier)
        .flatMap(tier -> tier.blocks().stream().flatMap(block -> lines(tier, block)))
        .toList();
  }

  private static Stream<String> lines(Tier tier, Block block) {
    return block.models().stream().map(model -> tier.name() + " " + model + " " + line(block));
  }

  private static String line(Block block) {
    StringBuilder line = new StringBuilder();
    line.append("qos=").append(block.qos()).append(" queueDepth=").append(block.queueDepth());
    line.append(" rates=")
        .append(
            block.rates().stream()
                .map(rate -> rate.allowedRequests() + "/" + rate.period().toSeconds())
                .collect(Collectors.joining(",")));
    if (!block.tokenRates().isEmpty()) {
      line.append(" tokens=")
          .append(
              block.tokenRates().stream()
                  .map(rate -> rate.allowedTokens() + "/" + rate.period().toSeconds())
                  .collect(Collectors.joining(",")));
    }
    block.bounds().maxBatchSize().ifPresent(most -> line.append(" maxBatchSize=").append(most));
    block
        .bounds()
        .maxOutputTokens()
        .ifPresent(most -> line.append(" maxOutputTokens=").append(most));
    return line.append(" scope=").append(block.scope().label()).toString();
  }
}
