package dev.sluice.admission;

import dev.sluice.account.Credential;
import java.util.Optional;

/**
 * What every door asks.
 *
 * @param id of the hold; see {@link Hold#id}
 * @param request the request that this is an attempt of; see {@link Hold#request}
 * @param model the public name that the client asked for
 * @param demand for the bounds of the model's block, and for limits per end user
 * @param origin for keys that are bound to networks
 * @param endSeen whether its door sees when the request ends; if not, limits of how many run at
 *     once cannot hold for it
 */
public record AdmissionRequest(
    String id,
    Optional<String> request,
    Credential credential,
    String model,
    Demand demand,
    Origin origin,
    boolean endSeen) {

  /** The same under another id: what became of the first is not known. */
  AdmissionRequest again() {
    return new AdmissionRequest(id + "~", request, credential, model, demand, origin, endSeen);
  }
}
