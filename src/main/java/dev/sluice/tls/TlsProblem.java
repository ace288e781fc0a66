package dev.sluice.tls;

/**
 * What is wrong with one of the files.
 *
 * @param message names the file; never a part of a key
 */
public record TlsProblem(TlsFiles.Part part, String message) {}
