package dev.sluice.edge.authorization;

import dev.sluice.account.Credential;
import dev.sluice.admission.Origin;
import java.util.Optional;

/**
 * A request as its edge tells of it.
 *
 * @param id as its client will see it
 * @param method in upper case
 * @param path with its query
 * @param origin of the client, on the word of the edge
 * @param model what the edge says of the model, where it knows it; never the client's own word
 */
public record EdgeRequest(
    String id,
    Credential credential,
    Origin origin,
    String method,
    String path,
    Optional<String> model,
    EdgeBody body) {

  /** The path without its query. */
  String plainPath() {
    int query = path.indexOf('?');
    return query < 0 ? path : path.substring(0, query);
  }
}
