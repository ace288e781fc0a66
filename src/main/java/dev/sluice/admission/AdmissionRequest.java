package dev.sluice.admission;

import dev.sluice.account.Credential;

/**
 * What every door asks.
 *
 * @param id of the hold; see {@link Hold#id}
 * @param model the public name that the client asked for
 */
public record AdmissionRequest(String id, Credential credential, String model) {}
