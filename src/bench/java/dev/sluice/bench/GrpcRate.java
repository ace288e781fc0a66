package dev.sluice.bench;

import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Optional;

/**
 * Unary calls at a fixed rate, whether they are answered or not.
 *
 * <p>Latency counts from the moment at which a call should have been made: a target that stalls
 * delays the next calls, and that is seen.
 */
final class GrpcRate<Q, A> implements Asker {
  private final GrpcConnections<Q, A> connections;
  private final Pace pace;
  private final Questions<Q, A> questions;
  private final Turns turns;
  private final Turns connectionTurns;

  GrpcRate(GrpcConnections<Q, A> connections, Pace pace, Questions<Q, A> questions) {
    this.connections = connections;
    this.pace = pace;
    this.questions = questions;
    this.turns = new Turns(questions.count());
    this.connectionTurns = new Turns(connections.count());
  }

  /** What became of each call; is told on one thread. */
  interface Listener<A> {
    /**
     * It has an answer.
     *
     * @param due when it should have been made, on the clock of {@link System#nanoTime}
     * @param wrong with the answer
     */
    void answered(long due, A answer, Optional<String> wrong);

    void failed(long due, Throwable failure);
  }

  @Override
  public Requests run(Duration time) {
    return run(
        time,
        new Listener<>() {
          @Override
          public void answered(long due, A answer, Optional<String> wrong) {}

          @Override
          public void failed(long due, Throwable failure) {}
        });
  }

  /** Tells somebody of each call as well. */
  Requests run(Duration time, Listener<A> listener) {
    Run run = new Run();
    connections.execute(run::began);
    pace.keep(time, due -> connections.execute(() -> ask(due, run, listener)));
    connections.execute(run::over);
    return run.await(time);
  }

  private void ask(long due, Run run, Listener<A> listener) {
    run.began();
    int index = turns.next();
    connections.ask(
        connectionTurns.next(),
        questions.question(index),
        new StreamObserver<>() {
          private Optional<String> wrong = Optional.of("no answer");

          @Override
          public void onNext(A answer) {
            wrong = questions.wrong(index, answer);
            listener.answered(due, answer, wrong);
          }

          @Override
          public void onError(Throwable failure) {
            connections.execute(
                () -> {
                  listener.failed(due, failure);
                  run.failed(String.valueOf(failure));
                });
          }

          @Override
          public void onCompleted() {
            wrong.ifPresentOrElse(run::failed, () -> run.succeeded(due));
          }
        });
  }

  @Override
  public void close() {
    connections.close();
  }
}
