package dev.sluice.edge;

/**
 * The names of the headers between Sluice and the edges before it; all of them are Sluice's own.
 */
public final class EdgeHeaders {
  public static final String PREFIX = "x-sluice-";

  /** The only one that a client may send: a label of its own for its requests. */
  public static final String WORKFLOW = PREFIX + "workflow";

  /** The edge's word to the gateway that it has seen a request; see {@link Proofs}. */
  public static final String PROOF = PREFIX + "proof";

  public static final String ORGANIZATION = PREFIX + "organization";
  public static final String PROJECT = PREFIX + "project";
  public static final String USER = PREFIX + "user";
  public static final String KEY = PREFIX + "key";
  public static final String TIER = PREFIX + "tier";
  public static final String QOS = PREFIX + "qos";

  /** In full mode: what the backend calls the model. */
  public static final String BACKEND_MODEL = PREFIX + "backend-model";

  /** Of an answer: tells a client that its key will not be honoured for long. */
  public static final String WARNING = PREFIX + "warning";

  /** Of an answer to an administrator: what a limit in shadow would have refused. */
  public static final String WOULD_REFUSE = PREFIX + "would-refuse";

  /** The status that NGINX is to answer with: its {@code auth_request} knows 401 and 403 only. */
  public static final String STATUS = PREFIX + "status";

  /** The body that NGINX is to answer with. */
  public static final String BODY = PREFIX + "body";

  private EdgeHeaders() {}
}
