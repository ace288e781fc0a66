package dev.sluice.edge.decisions;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A bounded queue that a thread of its own empties, so that whoever puts something in never waits,
 * not even for a lock.
 */
final class Outbox<T> {
  /** How late it is noticed that something is there; so batches form by themselves. */
  private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(20);

  private static final Logger log = LoggerFactory.getLogger(Outbox.class);

  private final String name;
  private final int capacity;
  private final int mostAtATime;
  private final Consumer<List<T>> sink;
  private final IntConsumer dropped;
  private final Queue<T> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger size = new AtomicInteger();
  private final Thread thread;
  private volatile boolean stopping;

  /**
   * @param name of the thread
   * @param sink is given some items at a time, on the thread, and may block
   * @param dropped is told of how many found no room, on any thread
   */
  Outbox(String name, int capacity, int mostAtATime, Consumer<List<T>> sink, IntConsumer dropped) {
    this.name = name;
    this.capacity = capacity;
    this.mostAtATime = mostAtATime;
    this.sink = sink;
    this.dropped = dropped;
    this.thread = new Thread(this::run, name);
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Puts an item in, or drops it. May be called on an event loop. */
  void put(T item) {
    if (size.incrementAndGet() > capacity) {
      size.decrementAndGet();
      dropped.accept(1);
    } else {
      queue.add(item);
    }
  }

  /** Waits until what was put in before is out, for so long at most; the rest is dropped. */
  void stop(Duration within) {
    stopping = true;
    LockSupport.unpark(thread);
    try {
      thread.join(Math.max(1, within.toMillis()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (thread.isAlive()) {
      log.warn("{}: {} of them were not written before the end", name, size.get());
      dropped.accept(size.get());
      thread.interrupt();
    }
  }

  private void run() {
    while (!Thread.currentThread().isInterrupted()) {
      boolean last = stopping;
      List<T> batch = batch();
      if (!batch.isEmpty()) {
        write(batch);
      } else if (last) {
        return;
      } else {
        LockSupport.parkNanos(PAUSE);
      }
    }
  }

  private List<T> batch() {
    List<T> batch = new ArrayList<>();
    for (T item = queue.poll(); item != null; item = queue.poll()) {
      batch.add(item);
      size.decrementAndGet();
      if (batch.size() == mostAtATime) {
        break;
      }
    }
    return batch;
  }

  private void write(List<T> batch) {
    try {
      sink.accept(batch);
    } catch (RuntimeException e) {
      log.error("{}: {} of them are lost", name, batch.size(), e);
      dropped.accept(batch.size());
    }
  }
}
