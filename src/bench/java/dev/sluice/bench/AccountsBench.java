package dev.sluice.bench;

import dev.sluice.bench.AccountsFigures.Measured;
import dev.sluice.testing.Heap;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Measures what decisions cost with few accounts and with many, and what many take to keep, to
 * import and to export.
 */
final class AccountsBench implements AutoCloseable {
  /**
   * @param warmup of each case; is repeated while the JIT compiler is still busy
   * @param few keys of the small store
   * @param many keys of the large store
   * @param jvm more flags for Sluice
   * @param exportJvm the flags of export
   */
  record Options(
      Duration time,
      Duration warmup,
      int rounds,
      int few,
      int many,
      List<String> jvm,
      List<String> exportJvm) {
    Options {
      jvm = List.copyOf(jvm);
      exportJvm = List.copyOf(exportJvm);
      if (time.isZero() || time.isNegative() || rounds < 1 || few < 1 || many <= few) {
        throw new BenchFailed("seconds, rounds and keys must be more than nothing, many than few");
      }
    }
  }

  /**
   * What the first questions of many keys cost, each of a key that the replica does not know yet.
   *
   * @param heap bytes of live objects that are there when all were asked for, for each of them; 0
   *     when nobody tells
   */
  record Cold(Measured measured, double heap) {}

  private final Options options;
  private final AccountsStack small;
  private final AccountsStack large;
  private final Consumer<String> progress;

  /** Each goes on where it was: so that every key has its turn. */
  private final Map<AccountsCase, Asker> loops = new HashMap<>();

  private final HttpClient http = HttpClient.newHttpClient();
  private final List<Measured> measured = new ArrayList<>();
  private Optional<Cold> cold = Optional.empty();

  private AccountsBench(
      Options options, AccountsStack small, AccountsStack large, Consumer<String> progress) {
    this.options = options;
    this.small = small;
    this.large = large;
    this.progress = progress;
  }

  /**
   * Blocks until all is measured and every process has ended.
   *
   * @param progress is told what goes on
   * @throws BenchFailed when a single request was not answered as it must be
   */
  static AccountsFigures run(Options options, Consumer<String> progress)
      throws IOException, InterruptedException {
    progress.accept("importing");
    try (AccountsStack small = stack(options, options.few());
        AccountsStack large = stack(options, options.many());
        AccountsBench bench = new AccountsBench(options, small, large, progress)) {
      bench.run();
      return new AccountsFigures(
          options,
          List.copyOf(bench.measured),
          bench.cold.orElseThrow(),
          large.size(),
          large.stored());
    }
  }

  private static AccountsStack stack(Options options, int keys)
      throws IOException, InterruptedException {
    return new AccountsStack(options.jvm(), AccountsFile.Size.ofKeys(keys), options.exportJvm());
  }

  private void run() {
    List<AccountsCase> cases = AccountsCase.all(options.many());
    for (AccountsCase each : cases) {
      progress.accept("warming up: " + each.name());
      // The first of the two modes meets keys of which the replica knows nothing.
      if (each.keys() == options.many() && cold.isEmpty()) {
        cold = Optional.of(cold(each));
      }
      WarmUp.of(stack(each).target(), () -> load(each, options.warmup()));
    }
    for (int round = 1; round <= options.rounds(); round++) {
      List<AccountsCase> order = new ArrayList<>(cases);
      Collections.rotate(order, round - 1);
      for (AccountsCase each : order) {
        progress.accept("round %d of %d: %s".formatted(round, options.rounds(), each.name()));
        measured.add(measure(round, each, options.time()));
      }
    }
  }

  private AccountsStack stack(AccountsCase each) {
    return each.large() ? large : small;
  }

  /** Half of the keys show the JIT compiler how a caller is looked up, the others are measured. */
  private Cold cold(AccountsCase each) {
    ProcessHandle process = stack(each).target().process().orElseThrow();
    long before = Heap.live(process).orElse(0);
    turns(each, each.keys() / 2);
    Measured first = measure(0, each, options.time().dividedBy(2));
    turns(each, each.keys());
    long grown = Heap.live(process).orElse(0) - before;
    return new Cold(first, Math.max(0.0, grown / (double) each.keys()));
  }

  /** So many questions at least. */
  private void turns(AccountsCase each, int questions) {
    for (int asked = 0; asked < questions; ) {
      asked += load(each, options.time().dividedBy(4)).answered();
    }
  }

  private Measured measure(int round, AccountsCase each, Duration time) {
    EdgeTarget target = stack(each).target();
    double lookups = lookups(each);
    Used before = Used.by(target);
    Requests requests = load(each, time);
    Used used = Used.by(target).since(before);
    return new Measured(
        round, each, requests, used, (lookups(each) - lookups) / requests.answered());
  }

  /** How often the replica has asked Redis for a caller. */
  private double lookups(AccountsCase each) {
    URI metrics = URI.create(stack(each).metrics());
    return http.sendAsync(HttpRequest.newBuilder(metrics).build(), BodyHandlers.ofString())
        .join()
        .body()
        .lines()
        .filter(line -> line.startsWith("sluice_redis_seconds_count{script=\"lookup\""))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf("} ") + 2)))
        .sum();
  }

  private Requests load(AccountsCase each, Duration time) {
    Requests requests = loops.computeIfAbsent(each, unknown -> each.open(stack(each))).run(time);
    requests.requireSuccess(each.name());
    return requests;
  }

  @Override
  public void close() {
    loops.values().forEach(Asker::close);
  }
}
