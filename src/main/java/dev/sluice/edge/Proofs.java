package dev.sluice.edge;

import dev.sluice.account.Caller;
import dev.sluice.metrics.Metrics;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs and checks {@code x-sluice-proof}: the word of a door in front mode to the gateway behind
 * the edge that it has seen a request, and under which id.
 *
 * <p>Requests that carry one proof are attempts of one request. A proof is short-lived and good for
 * one API key. One that is missing or bad is counted, and changes nothing else: its request is
 * treated as one that came directly.
 *
 * <p>Safe for use by many threads.
 */
public final class Proofs {
  private static final String ALGORITHM = "HmacSHA256";
  private static final int MAC_BYTES = 16;

  /** Version, request id, time in seconds; then the MAC of these and of the key's id. */
  private static final Pattern FORM =
      Pattern.compile("(1\\.([0-9a-f]{32})\\.([0-9]{1,12}))\\.([A-Za-z0-9_-]{22})");

  private final Duration lifetime;
  private final InstantSource clock;
  private final RequestId ids;
  private final Metrics metrics;
  private volatile Optional<Mac> signer = Optional.empty();

  /**
   * @param lifetime of a proof
   */
  public Proofs(Duration lifetime, InstantSource clock, RequestId ids, Metrics metrics) {
    this.lifetime = lifetime;
    this.clock = clock;
    this.ids = ids;
    this.metrics = metrics;
  }

  /**
   * Uses a secret, that which all replicas share; until there is one, no proof is given.
   *
   * @param secret 32 random bytes
   */
  public void adopt(byte[] secret) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(secret, ALGORITHM));
      signer = Optional.of(mac);
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }

  /** A proof for one request of a caller. */
  public Optional<String> issue(Caller caller) {
    String words = "1." + ids.hold() + "." + clock.instant().getEpochSecond();
    return signer.map(
        mac ->
            words
                + "."
                + Base64.getUrlEncoder().withoutPadding().encodeToString(mac(mac, words, caller)));
  }

  /**
   * The id of the request that a caller's request is an attempt of; counts what the proof was
   * worth.
   *
   * @param header empty when there was none
   */
  public Optional<String> request(Optional<String> header, Caller caller) {
    if (header.isEmpty()) {
      metrics.proved("missing");
      return Optional.empty();
    }
    Optional<Mac> mac = signer;
    Matcher form = FORM.matcher(header.get());
    if (mac.isEmpty() || !form.matches() || !signed(mac.get(), form, caller)) {
      metrics.proved("invalid");
      return Optional.empty();
    }
    long age = clock.instant().getEpochSecond() - Long.parseLong(form.group(3));
    // Replicas' clocks differ a little: a proof from the future is not forged.
    if (Math.abs(age) > lifetime.toSeconds()) {
      metrics.proved("expired");
      return Optional.empty();
    }
    metrics.proved("valid");
    return Optional.of(form.group(2));
  }

  private static boolean signed(Mac mac, Matcher form, Caller caller) {
    byte[] given = Base64.getUrlDecoder().decode(form.group(4));
    return MessageDigest.isEqual(given, mac(mac, form.group(1), caller));
  }

  private static byte[] mac(Mac signer, String words, Caller caller) {
    String whole = words + "." + caller.organization().id() + "." + caller.key().id();
    try {
      // A Mac has state; a copy of one that has its key costs less than a new one.
      Mac mac = (Mac) signer.clone();
      return Arrays.copyOf(mac.doFinal(whole.getBytes(StandardCharsets.UTF_8)), MAC_BYTES);
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("the platform's " + ALGORITHM + " can be copied", e);
    }
  }
}
