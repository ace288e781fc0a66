package dev.sluice.bench;

import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Optional;

/** So many unary calls at a time: each answer is followed by the next call. */
final class GrpcLoop<Q, A> implements Asker {
  private final GrpcConnections<Q, A> connections;
  private final int inFlight;
  private final Questions<Q, A> questions;
  private final Turns turns;

  /**
   * @param inFlight on each connection
   */
  GrpcLoop(GrpcConnections<Q, A> connections, int inFlight, Questions<Q, A> questions) {
    this.connections = connections;
    this.inFlight = inFlight;
    this.questions = questions;
    this.turns = new Turns(questions.count());
  }

  @Override
  public Requests run(Duration time) {
    Run run = new Run();
    long end = System.nanoTime() + time.toNanos();
    connections.execute(
        () -> {
          for (int connection = 0; connection < connections.count(); connection++) {
            for (int i = 0; i < inFlight; i++) {
              run.began();
              ask(connection, run, end);
            }
          }
        });
    return run.await(time);
  }

  private void ask(int connection, Run run, long end) {
    int index = turns.next();
    connections.ask(connection, questions.question(index), new Answer(connection, run, end, index));
  }

  @Override
  public void close() {
    connections.close();
  }

  /** What comes of one call. */
  private final class Answer implements StreamObserver<A> {
    private final int connection;
    private final Run run;
    private final long end;
    private final int index;
    private final long asked = System.nanoTime();
    private Optional<String> wrong = Optional.of("no answer");

    private Answer(int connection, Run run, long end, int index) {
      this.connection = connection;
      this.run = run;
      this.end = end;
      this.index = index;
    }

    @Override
    public void onNext(A answer) {
      wrong = questions.wrong(index, answer);
    }

    @Override
    public void onError(Throwable failure) {
      connections.execute(() -> run.failed(String.valueOf(failure)));
    }

    @Override
    public void onCompleted() {
      if (wrong.isPresent()) {
        run.failed(wrong.get());
      } else if (System.nanoTime() >= end) {
        run.succeeded(asked);
      } else {
        run.answered(asked);
        ask(connection, run, end);
      }
    }
  }
}
